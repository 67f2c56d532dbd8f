using System.Text.Json;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Tests.Domain.Proxy;

public sealed class ApiFamilyTests
{
    [Theory]
    [InlineData("/v1/chat/completions", ApiFamily.OpenAi)]
    [InlineData("//V1//nothing/", ApiFamily.OpenAi)]
    [InlineData("/v1", ApiFamily.OpenAi)]
    [InlineData("/completion", ApiFamily.OpenAi)]
    [InlineData("/slots/3", ApiFamily.OpenAi)]
    [InlineData("/upstream/a/b/c", ApiFamily.OpenAi)]
    [InlineData("/v1/messages", ApiFamily.Anthropic)]
    [InlineData("/V1/Messages/", ApiFamily.Anthropic)]
    [InlineData("//messages", ApiFamily.Anthropic)]
    [InlineData("/v/messages/count_tokens", ApiFamily.Anthropic)]
    [InlineData("/upstream/a/b/v1/messages", ApiFamily.Anthropic)]
    [InlineData("/api/messages", ApiFamily.Dashboard)]
    [InlineData("/v1extra/messages", ApiFamily.Dashboard)]
    [InlineData("/api/models", ApiFamily.Dashboard)]
    [InlineData("/", ApiFamily.Dashboard)]
    [InlineData("", ApiFamily.Dashboard)]
    [InlineData(null, ApiFamily.Dashboard)]
    public void Path_Decides(string? path, ApiFamily family) => Assert.Equal(family, ApiFamilies.Of(path, false, false));

    [Fact]
    public void AnthropicClients_AreKnownByTheirHeader_BelowV1()
    {
        Assert.Equal(ApiFamily.Anthropic, ApiFamilies.Of("/v1/models", true, false));
        Assert.Equal(ApiFamily.Anthropic, ApiFamilies.Of("/v1/models/x", true, true));
        Assert.Equal(ApiFamily.Dashboard, ApiFamilies.Of("/api/models", true, false));
    }

    [Theory]
    [InlineData("/api/chat", ApiFamily.Ollama)]
    [InlineData("/nothing", ApiFamily.Ollama)]
    [InlineData("/v1/chat/completions", ApiFamily.OpenAi)]
    [InlineData("/v1/messages", ApiFamily.Anthropic)]
    public void OllamaPort_SpeaksOllama_ExceptBelowV1(string path, ApiFamily family) =>
        Assert.Equal(family, ApiFamilies.Of(path, false, true));

    [Theory]
    [InlineData("//v1/chat/completions", "/v1/chat/completions")]
    [InlineData("/v1//chat/completions", "/v1/chat/completions")]
    [InlineData("/v1/chat/completions/", "/v1/chat/completions")]
    [InlineData("/V1/Chat/Completions", "/v1/chat/completions")]
    [InlineData("///COMPLETION//", "/completion")]
    [InlineData("/Slots/12/", "/slots/12")]
    [InlineData("/slots/x", null)]
    [InlineData("/slots/", "/slots")]
    [InlineData("/V1/Models", "/v1/models")]
    [InlineData("/v1/models/Owner/Name-Q4", "/v1/models/Owner/Name-Q4")]
    [InlineData("/V1/nothing/At", "/v1/nothing/At")]
    [InlineData("/settings", null)]
    [InlineData("/api/models", null)]
    [InlineData("/", null)]
    public void Path_HasOneWayToWriteIt(string path, string? canonical) => Assert.Equal(canonical, RouteTable.Canonical(path));

    [Fact]
    public void EveryRoute_IsItsOwnCanonicalPath()
    {
        foreach (var path in RouteTable.All.Select(route => route.Path.Replace("{slot:int}", "0")))
            Assert.Equal(path, RouteTable.Canonical(path));
    }

    [Theory]
    [InlineData(ProxyError.BadBody, "invalid_request_error")]
    [InlineData(ProxyError.UnsupportedEncoding, "invalid_request_error")]
    [InlineData(ProxyError.Unauthorized, "authentication_error")]
    [InlineData(ProxyError.Forbidden, "permission_error")]
    [InlineData(ProxyError.ModelNotFound, "not_found_error")]
    [InlineData(ProxyError.BodyTooLarge, "request_too_large")]
    [InlineData(ProxyError.QueueFull, "rate_limit_error")]
    [InlineData(ProxyError.QueueTimeout, "overloaded_error")]
    [InlineData(ProxyError.UpstreamTimeout, "timeout_error")]
    [InlineData(ProxyError.UpstreamFailed, "api_error")]
    public void AnthropicErrors_HaveTheirTypes(ProxyError error, string type)
    {
        var root = JsonDocument.Parse(AnthropicError.Json(error, "ä \"words\"")).RootElement;
        Assert.Equal("error", root.GetProperty("type").GetString());
        Assert.Equal(
            (type, "ä \"words\""),
            (root.GetProperty("error").GetProperty("type").GetString(), root.GetProperty("error").GetProperty("message").GetString())
        );
    }

    [Fact]
    public void AnthropicEvents_NameTheirKind() =>
        Assert.StartsWith(
            "\n\nevent: error\ndata: {\"type\":\"error\",",
            System.Text.Encoding.UTF8.GetString(AnthropicError.Event(ProxyError.UpstreamDied, "x"))
        );
}
