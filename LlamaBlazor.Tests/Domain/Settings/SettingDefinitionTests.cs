using System.Text.Json;
using LlamaBlazor.Domain.Settings;

namespace LlamaBlazor.Tests.Domain.Settings;

public sealed class SettingDefinitionTests
{
    [Theory]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "8", "8")]
    [InlineData("LlamaBlazor:Proxy:QueueSize", " 8 ", "8")]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "", "64")] // as if it was not set
    [InlineData("LlamaBlazor:Proxy:LoadingStatus", "TRUE", "true")]
    [InlineData("LlamaBlazor:Security:StorePrompts", "Full", "full")]
    [InlineData("LlamaBlazor:Admission:MaxLoadPerCore", "0.5", "0.5")]
    [InlineData("LlamaBlazor:Admission:MaxLoadPerCore", "none", null)]
    [InlineData("LlamaBlazor:Retention:logs:Days", "None", null)]
    [InlineData("LlamaBlazor:PortRange", "40000-40010", "40000-40010")]
    public void Text_IsRead(string key, string text, string? value) => Assert.Equal(value, SettingTable.Get(key).Parse(text).Value.Text);

    [Theory]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "0", "a whole number of requests from 1 to 10000")]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "10001", "10000")]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "1.5", "whole")]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "none", "whole")]
    [InlineData("LlamaBlazor:Proxy:LoadingStatus", "1", "true or false")]
    [InlineData("LlamaBlazor:Security:StorePrompts", "some", "none, preview or full")]
    [InlineData("LlamaBlazor:Admission:MaxMemoryPercent", "NaN", "from 1 to 100")]
    [InlineData("LlamaBlazor:Retention:logs:Days", "-1", "or none")]
    [InlineData("LlamaBlazor:PortRange", "40000-1", "two ports")]
    [InlineData("LlamaBlazor:Downloads:HuggingFaceUrl", "ftp://x", "https://")]
    [InlineData("LlamaBlazor:Downloads:TrustedHosts", "a\u0007b", "control")]
    [InlineData("LlamaBlazor:Security:AllowedOrigins", "http://a,*", "'*'")]
    [InlineData("LlamaBlazor:Security:AllowedHosts", "http://a", "'http://a'")]
    [InlineData("LlamaBlazor:Containers:ExtraArguments", "--cpus 2 --name=x", "--name=x")]
    [InlineData("LlamaBlazor:EngineDirectories", "relative", "absolute")]
    public void WrongText_IsTold_WithKeyValueAndReason(string key, string text, string reason)
    {
        var definition = SettingTable.Get(key);
        var sentence = definition.Sentence(text, definition.Parse(text).Failure!);
        Assert.StartsWith($"{key} is '{text}'. It must be ", sentence);
        Assert.Contains(reason, sentence);
    }

    [Theory]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "8", "8")]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "\"8\"", "8")]
    [InlineData("LlamaBlazor:Proxy:LoadingStatus", "true", "true")]
    [InlineData("LlamaBlazor:Retention:logs:Rows", "null", "null")]
    [InlineData("LlamaBlazor:EnginePath", "null", "null")]
    [InlineData("LlamaBlazor:EnginePath", "\" \"", "null")]
    [InlineData("LlamaBlazor:Downloads:TrustedHosts", "[\"a\",\" b \",\"\"]", "[\"a\",\"b\"]")]
    [InlineData("LlamaBlazor:Downloads:TrustedHosts", "\"a, b\"", "[\"a\",\"b\"]")]
    [InlineData("LlamaBlazor:Downloads:TrustedHosts", "null", "[]")]
    [InlineData("LlamaBlazor:Containers:ExtraArguments", "\"--a 'b c'\"", "[\"--a\",\"b c\"]")]
    public void Json_IsRead_AndWrittenInItsOwnType(string key, string json, string written)
    {
        var definition = SettingTable.Get(key);
        var read = definition.Read(JsonElement.Parse(json)).Value;
        Assert.Equal(written, definition.ToJson(read)?.ToJsonString() ?? "null");
    }

    [Theory]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "null")]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "[1]")]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "true")]
    [InlineData("LlamaBlazor:Proxy:QueueSize", "1e400")]
    [InlineData("LlamaBlazor:Proxy:LoadingStatus", "1")]
    [InlineData("LlamaBlazor:EnginePath", "7")]
    [InlineData("LlamaBlazor:Downloads:TrustedHosts", "[1]")]
    [InlineData("LlamaBlazor:Downloads:TrustedHosts", "{}")]
    public void JsonOfAnotherKind_IsRefused(string key, string json) =>
        Assert.Contains("It must be", SettingTable.Get(key).Read(JsonElement.Parse(json)).Failure!.Errors![key][0]);

    [Fact]
    public void Bounds_Hold_ForTextsAndLists()
    {
        var list = SettingTable.Get("LlamaBlazor:Downloads:TrustedHosts");
        Assert.True(list.Parse([.. Enumerable.Range(0, SettingDefinition.ItemsBound).Select(i => $"h{i}")]).IsSuccess);
        Assert.False(list.Parse([.. Enumerable.Range(0, SettingDefinition.ItemsBound + 1).Select(i => $"h{i}")]).IsSuccess);
        Assert.False(SettingTable.Get("LlamaBlazor:EnginePath").Parse(new string('x', SettingDefinition.TextBound + 1)).IsSuccess);
    }
}
