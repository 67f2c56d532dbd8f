using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Tests.Domain.Proxy;

/// <summary>What is said of the fields of an alias.</summary>
public sealed class AliasParametersTests
{
    [Theory]
    [InlineData("{\"temperature\": 1.2}", null)]
    [InlineData("{\"temperature\":", "This is not JSON: line 1, column 16.")]
    [InlineData("[]", "A JSON object such as {\"temperature\": 1.2}.")]
    [InlineData("{\"model\": \"x\"}", "An alias cannot set model: the request does.")]
    public void Check_SaysWhatToMend(string json, string? words) => Assert.Equal(words, AliasParameters.Check(json));
}
