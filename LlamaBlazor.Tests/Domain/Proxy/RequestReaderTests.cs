using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Tests.Domain.Proxy;

public sealed class RequestReaderTests
{
    [Fact]
    public void Facts_OfAChat_AreRead()
    {
        var facts = Read(
            """
            {"messages":[{"role":"system","content":"be kind"},{"content":[{"type":"text","text":"Wie geht’s? \"q\""},{"type":"image_url","image_url":{"url":"data:x"}}],"role":"user"},1,[2],{"role":"user"}],
             "model":"first","stream":true,"temperature":0,"seed":42,"max_tokens":7,"stream_options":{"x":[1],"include_usage":true},"tools":[{"model":"inner"}],"model":"owner/name"}
            """
        );
        Assert.Equal(
            ("owner/name", true, 0.0, true, 7L, true),
            (facts.Model, facts.Stream, facts.Temperature, facts.HasSeed, facts.MaxTokens, facts.IncludeUsage)
        );
        Assert.Equal("Wie geht’s? \"q\"", facts.Preview);
    }

    [Theory]
    [InlineData("{\"model\":7}", null, true)]
    [InlineData("{\"model\":{\"a\":\"b\"},\"stream\":true}", null, true)]
    [InlineData("{\"model\":[\"a\"]}", null, true)]
    [InlineData("{\"model\":null}", null, false)]
    [InlineData("{\"model\":7,\"model\":\"a\"}", "a", false)]
    [InlineData("{}", null, false)]
    public void Model_ThatIsNoText_IsTold(string body, string? model, bool isNoText)
    {
        Assert.Null(RequestReader.TryRead(System.Text.Encoding.UTF8.GetBytes(body), out var facts, 100));
        Assert.Equal((model, isNoText), (facts.Model, facts.IsModelNoText));
    }

    [Theory]
    [InlineData("{\"prompt\":\"abc\",\"seed\":-1,\"n_predict\":5}", "abc", 5)]
    [InlineData("{\"input\":[\"a\",{\"b\":[]}],\"max_completion_tokens\":6}", null, 6)]
    [InlineData("{\"messages\":\"no list\",\"max_output_tokens\":8}", null, 8)]
    public void Facts_OfOtherBodies_AreRead(string json, string? preview, long most)
    {
        var facts = Read(json);
        Assert.Equal((preview, most, false, null), (facts.Preview, facts.MaxTokens, facts.HasSeed, facts.Model));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{\"model\":\"a\"} x")]
    [InlineData("{\"model\":\"a\",}")]
    [InlineData("{\"temperature\":NaN}")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":")]
    public void Body_ThatIsNoObject_IsRefusedWithWords(string json) =>
        Assert.Contains("body", RequestReader.TryRead(Encoding.UTF8.GetBytes(json), out _));

    [Fact]
    public void ModelName_WithInvalidUtf8_IsRefused() =>
        Assert.Contains("UTF-8", RequestReader.TryRead([.. "{\"model\":\""u8, 0xFF, .. "\"}"u8], out _));

    [Fact]
    public void Preview_IsCut_BetweenCharacters()
    {
        var facts = Read("{\"prompt\":\"" + new string('x', 99) + "😀 and more\"}");
        Assert.Equal(new string('x', 99), facts.Preview);
        Assert.Equal(100, Read("{\"prompt\":\"" + new string('ü', 5000) + "\"}").Preview!.Length);
        Assert.Equal(100, Read("{\"prompt\":\"\\n" + new string('ü', 5000) + "\"}").Preview!.Length);
    }

    [Fact]
    public void ByteOrderMark_IsIgnored() => Assert.Equal("m", Read("\uFEFF{\"model\":\"m\"}").Model);

    [Fact]
    public void AnyBytes_NeverThrow() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                noise =>
                {
                    byte[] body = [.. "{\"messages\":["u8, .. noise];
                    RequestReader.TryRead(body, out _);
                    return RequestReader.TryRead(noise, out _) is not null;
                }
            )
            .QuickCheckThrowOnFailure();

    private static RequestMetadata Read(string json)
    {
        Assert.Null(RequestReader.TryRead(Encoding.UTF8.GetBytes(json), out var facts));
        return facts;
    }
}
