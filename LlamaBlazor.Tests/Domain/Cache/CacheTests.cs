using System.Text;
using System.Text.Json;
using LlamaBlazor.Domain.Cache;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Tests.Domain.Cache;

public sealed class CacheTests
{
    private static readonly ProxyRoute Chat = RouteTable.All.Single(route => route.Path == "/v1/chat/completions");
    private static readonly ProxyRoute Embeddings = RouteTable.All.Single(route => route.Path == "/v1/embeddings");

    [Theory]
    [InlineData(
        """{"messages":[{"role":"user","content":"hi"}],"temperature":0}""",
        """{ "temperature":0, "messages":[ {"content":"h\u0069","role":"user"} ] }""",
        true
    )]
    [InlineData(
        """{"prompt":"a","stream":true,"user":"x","id_slot":3,"model":"alias"}""",
        """{"prompt":"a","cache_prompt":false,"timings_per_token":true}""",
        true
    )]
    [InlineData("""{"prompt":"a","seed":18446744073709551615}""", """{"prompt":"a","seed":18446744073709551614}""", false)]
    [InlineData("""{"prompt":"a","top_p":0.9}""", """{"prompt":"a"}""", false)]
    [InlineData("""{"prompt":"a","tools":[{"stream":true}]}""", """{"prompt":"a","tools":[{"stream":false}]}""", false)]
    [InlineData("""{"prompt":"a","x":1,"x":2}""", """{"prompt":"a","x":2}""", true)]
    public void Key_IsOfTheMeaning_NotTheSpelling(string one, string other, bool same) =>
        Assert.Equal(same, Key(one).Key == Key(other).Key);

    [Fact]
    public void Key_DependsOn_EndpointAndIdentity()
    {
        var body = Encoding.UTF8.GetBytes("""{"prompt":"a"}""");
        var keys = new[]
        {
            CacheKey.Of("/a", "m1", body),
            CacheKey.Of("/b", "m1", body),
            CacheKey.Of("/a", "m2", body),
            CacheKey.Of("/am", "1", body),
        };
        Assert.Equal(4, keys.Select(key => key!.Key).Distinct().Count());
    }

    [Fact]
    public void Prompt_IsTheText_OrTheCanonicalMessages()
    {
        Assert.Equal("a", Key("""{"prompt":"a"}""").Prompt);
        var chat = Key("""{"messages":[{"role":"user","content":"hi"}],"temperature":0}""");
        Assert.Equal("""[{"content":"hi","role":"user"}]""", chat.Prompt);
        Assert.Equal(CacheKey.HashOf(chat.Prompt), CacheKey.PromptHashOf(chat.Prompt));
        Assert.Equal(chat.PromptHash, CacheKey.PromptHashOf(chat.PromptHash.ToUpperInvariant()));
        Assert.Equal("""{"temperature":0}""", chat.ConfigJson);
    }

    [Fact]
    public void Key_OfWhatIsNoJson_IsNull()
    {
        Assert.Null(CacheKey.Of("/a", "m", "[]"u8.ToArray()));
        Assert.Null(CacheKey.Of("/a", "m", "{"u8.ToArray()));
        Assert.Null(CacheKey.Of("/a", "m", new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' }));
    }

    [Theory]
    [InlineData(false, null, "on", "MISS")]
    [InlineData(false, "off", "on", null)] // what is set for the model counts more
    [InlineData(true, null, "off", "BYPASS")]
    [InlineData(true, null, "nonsense", "MISS")]
    [InlineData(false, null, null, null)]
    public void Decision_Follows_TheRequestsOwnSwitch(bool enabled, string? mode, string? wish, string? header) =>
        Assert.Equal(header, CachePolicy.Decide(enabled, mode, Chat, new RequestMetadata { Temperature = 0 }, "{}"u8, null, wish).Header);

    [Theory]
    [InlineData("""{"logprobs":true}""")]
    [InlineData("""{"top_logprobs":3}""")]
    [InlineData("""{"n_probs":3}""")]
    [InlineData("""{"return_tokens":true}""")]
    public void Streams_WithDetailsOfEachToken_PassBy(string body)
    {
        Assert.Equal(
            "BYPASS",
            CachePolicy
                .Decide(true, null, Chat, new RequestMetadata { Temperature = 0, Stream = true }, Encoding.UTF8.GetBytes(body), null)
                .Header
        );
        Assert.Equal(
            "MISS",
            CachePolicy.Decide(true, null, Chat, new RequestMetadata { Temperature = 0 }, Encoding.UTF8.GetBytes(body), null).Header
        );
    }

    [Fact]
    public void AssembledAnswer_HasItsUsage_AlsoWhereTheStreamToldNone()
    {
        var stream = Encoding.UTF8.GetBytes(
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],"
                + "\"timings\":{\"cache_n\":3,\"prompt_n\":4,\"predicted_n\":2}}\n\ndata: [DONE]\n\n"
        );
        var usage = JsonDocument.Parse(StreamAssembler.Assemble(RouteKind.Chat, stream)!).RootElement.GetProperty("usage");
        Assert.Equal(
            (7, 2, 9, 3),
            (
                usage.GetProperty("prompt_tokens").GetInt32(),
                usage.GetProperty("completion_tokens").GetInt32(),
                usage.GetProperty("total_tokens").GetInt32(),
                usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32()
            )
        );
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"index":1,"message":{"content":"a"},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"message":"no object"}]}""")]
    public void Replay_OfAnOddAnswer_IsNoneAndNoException(string answer) =>
        Assert.Null(StreamReplay.ToStream(RouteKind.Chat, Encoding.UTF8.GetBytes(answer), false));

    [Theory]
    [InlineData(false, null, "", null, false, false)] // off
    [InlineData(true, "off", "", null, false, false)]
    [InlineData(false, "on", "", "MISS", true, true)]
    [InlineData(true, null, "", "MISS", true, true)]
    [InlineData(true, null, "no-cache", "MISS", false, true)]
    [InlineData(true, null, "no-store", "BYPASS", false, false)]
    public void Decision_Follows_Switches(bool enabled, string? mode, string control, string? header, bool lookup, bool store)
    {
        var decision = CachePolicy.Decide(enabled, mode, Chat, new RequestMetadata { Temperature = 0 }, "{}"u8, control);
        Assert.Equal((header, lookup, store), (decision.Header, decision.Lookup, decision.Store));
    }

    [Fact]
    public void RandomSampling_IsBypassed_UnlessTheModelOptsIn()
    {
        var random = new RequestMetadata { Temperature = 0.7 };
        Assert.Equal("BYPASS", CachePolicy.Decide(true, null, Chat, random, "{}"u8, null).Header);
        Assert.Equal("MISS", CachePolicy.Decide(true, "sampled", Chat, random, "{}"u8, null).Header);
        Assert.Equal("MISS", CachePolicy.Decide(true, null, Chat, random with { HasSeed = true }, "{}"u8, null).Header);
        Assert.Equal("MISS", CachePolicy.Decide(true, null, Embeddings, RequestMetadata.Empty, "{}"u8, null).Header);
    }

    [Fact]
    public void LargeBodies_AndRemoteImages_AreBypassed()
    {
        var facts = new RequestMetadata { Temperature = 0 };
        Assert.Equal("BYPASS", CachePolicy.Decide(true, null, Chat, facts, new byte[CachePolicy.BodyLimit + 1], null).Header);
        Assert.Equal("BYPASS", CachePolicy.Decide(true, null, Chat, facts, """{"image_url":{"url":"https://x/y.png"}}"""u8, null).Header);
        Assert.Equal(
            "MISS",
            CachePolicy.Decide(true, null, Chat, facts, """{"image_url":{"url":"data:image/png;base64,AA"}}"""u8, null).Header
        );
    }

    [Fact]
    public void MaxAge_IsRead() =>
        Assert.Equal(
            TimeSpan.FromSeconds(60),
            CachePolicy.Decide(true, null, Chat, new RequestMetadata { HasSeed = true }, "{}"u8, "public, max-age=60").MaxAge
        );

    [Fact]
    public void Answers_ThatFailed_AreNotStored()
    {
        Assert.True(CachePolicy.MayStore(200, new GenerationUsage(), 10));
        Assert.False(CachePolicy.MayStore(500, new GenerationUsage(), 10));
        Assert.False(CachePolicy.MayStore(200, new GenerationUsage { Error = "x" }, 10));
        Assert.False(CachePolicy.MayStore(200, new GenerationUsage { FinishReason = "error" }, 10));
        Assert.False(CachePolicy.MayStore(200, new GenerationUsage(), CachePolicy.BodyLimit + 1));
    }

    [Fact]
    public void Chat_FromStreamToAnswerToStream_SaysTheSame()
    {
        const string Stream = """
            data: {"id":"c1","model":"m","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}]}

            data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}

            data: {"id":"c1","choices":[{"index":0,"delta":{"content":"lo","tool_calls":[{"index":0,"id":"t","type":"function","function":{"name":"f","arguments":"{\"a\""}}]},"finish_reason":null}]}

            data: {"id":"c1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]},"finish_reason":null}]}

            data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"timings":{"predicted_n":2}}

            data: {"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}

            data: [DONE]


            """;
        var json = StreamAssembler.Assemble(RouteKind.Chat, Encoding.UTF8.GetBytes(Stream))!;
        var answer = JsonDocument.Parse(json).RootElement;
        var message = answer.GetProperty("choices")[0].GetProperty("message");
        Assert.Equal(("Hello", "chat.completion"), (message.GetProperty("content").GetString(), answer.GetProperty("object").GetString()));
        Assert.Equal("{\"a\":1}", message.GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal(3, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());

        var replay = StreamReplay.ToStream(RouteKind.Chat, json, includeUsage: true)!;
        Assert.EndsWith("data: [DONE]\n\n", Encoding.UTF8.GetString(replay));
        var again = JsonDocument.Parse(StreamAssembler.Assemble(RouteKind.Chat, replay)!).RootElement;
        Assert.Equal(
            message.GetProperty("content").GetString(),
            again.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()
        );
        Assert.Equal("tool_calls", again.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.DoesNotContain("usage", Encoding.UTF8.GetString(StreamReplay.ToStream(RouteKind.Chat, json, includeUsage: false)!));
    }

    [Fact]
    public void UnfinishedOrDamagedStream_IsNotAssembled()
    {
        Assert.Null(StreamAssembler.Assemble(RouteKind.Chat, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n"u8));
        Assert.Null(StreamAssembler.Assemble(RouteKind.Chat, "data: {broken\n\n"u8));
        Assert.Null(StreamAssembler.Assemble(RouteKind.Native, "data: {\"content\":\"a\",\"stop\":false}\n\n"u8));
        Assert.Null(StreamAssembler.Assemble(RouteKind.Responses, "data: {}\n\n"u8));
    }

    [Fact]
    public void NativeAndCompletion_AreAssembled()
    {
        var native = StreamAssembler.Assemble(
            RouteKind.Native,
            "data: {\"content\":\"a\",\"stop\":false}\n\ndata: {\"content\":\"b\",\"stop\":true,\"tokens_predicted\":2}\n\n"u8
        )!;
        Assert.Equal("ab", JsonDocument.Parse(native).RootElement.GetProperty("content").GetString());
        var text = StreamAssembler.Assemble(
            RouteKind.Completion,
            "data: {\"choices\":[{\"index\":0,\"text\":\"a\"}]}\n\n"u8
                + "data: {\"choices\":[{\"index\":0,\"text\":\"b\",\"finish_reason\":\"stop\"}],\"object\":\"text_completion\"}\n\n"u8
                + "data: [DONE]\n\n"u8
        )!;
        Assert.Equal("ab", JsonDocument.Parse(text).RootElement.GetProperty("choices")[0].GetProperty("text").GetString());
    }

    private static CacheKey Key(string body) => CacheKey.Of("/v1/x", "m", Encoding.UTF8.GetBytes(body))!;
}
