using LlamaBlazor.Domain.Models.Downloads;

namespace LlamaBlazor.Tests.Domain.Models.Downloads;

public sealed class HubReferenceTests
{
    [Theory]
    [InlineData("ggml-org/gemma-3-4b-it-GGUF", "ggml-org/gemma-3-4b-it-GGUF", "main", null, null)]
    [InlineData("  a/b:Q4_K_M ", "a/b", "main", "Q4_K_M", null)]
    [InlineData("hf.co/a/b:q8_0", "a/b", "main", "q8_0", null)]
    [InlineData("https://huggingface.co/a/b", "a/b", "main", null, null)]
    [InlineData("https://huggingface.co/a/b/tree/main", "a/b", "main", null, null)]
    [InlineData("https://huggingface.co/a/b/blob/v1.0/sub/m-Q4.gguf", "a/b", "v1.0", null, "sub/m-Q4.gguf")]
    [InlineData("https://hf.co/a/b/resolve/main/m%20x.gguf?download=true", "a/b", "main", null, "m x.gguf")]
    [InlineData("http://127.0.0.1:9999/a/b:Q4_0", "a/b", "main", "Q4_0", null)]
    public void What_PeopleType_IsRead(string text, string repo, string revision, string? quantization, string? file)
    {
        var reference = HubReference.Parse(text, "127.0.0.1:9999").Value;
        Assert.Equal((repo, revision, quantization, file), (reference.Repo, reference.Revision, reference.Quantization, reference.File));
    }

    [Theory]
    [InlineData("")]
    [InlineData("alone")]
    [InlineData("a/b/c")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a/b:Q4 K")]
    [InlineData("a/b:")]
    [InlineData("a/b\n")]
    [InlineData("a b/c")]
    [InlineData("https://example.org/a/b")]
    [InlineData("https://huggingface.co/datasets/a/b")]
    [InlineData("https://huggingface.co/a/b/resolve/main")]
    [InlineData("https://huggingface.co/a/b/resolve/main/%2e%2e/x.gguf")]
    [InlineData("ftp://huggingface.co/a/b")]
    public void Everything_Else_IsRefused(string text) =>
        Assert.Contains("source", HubReference.Parse(text == "a/b\n" ? "a/b\nc" : text).Failure!.Errors!.Keys);

    [Theory]
    [InlineData("https://huggingface.co/a/b", true)]
    [InlineData("https://hf.co/a/b", true)]
    [InlineData("https://huggingface.co.evil.org/a/b", false)]
    [InlineData("https://evil.org/huggingface.co/a", false)]
    public void Addresses_OfTheHub_AreKnown(string text, bool isHub) => Assert.Equal(isHub, HubReference.IsHubAddress(text));
}
