using System.Net;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.Extensions.Configuration;

namespace LlamaBlazor.Tests.Integration.Security;

/// <summary>One that lets a chat front end of another port in.</summary>
public sealed class OriginFixture : ProxyFixture
{
    public OriginFixture() => With("LlamaBlazor:Security:AllowedOrigins:0", AllowedOriginTests.Friend);
}

public sealed class AllowedOriginTests(OriginFixture app) : IClassFixture<OriginFixture>
{
    public const string Friend = "http://localhost:3000";

    [Fact]
    [EffectOf("LlamaBlazor:Security:AllowedOrigins")]
    public async Task AllowedPage_MayAskTheModels_AndReadTheAnswer()
    {
        await app.AddRunningAsync("open");
        using var before = await SendAsync(
            HttpMethod.Options,
            "/v1/chat/completions",
            Friend,
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization, content-type")
        );
        Assert.Equal(
            (HttpStatusCode.NoContent, Friend, "authorization, content-type"),
            (before.StatusCode, Header(before, "Access-Control-Allow-Origin"), Header(before, "Access-Control-Allow-Headers"))
        );
        using var request = ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("open"));
        request.Headers.Add("Origin", Friend);
        using var answer = await app.Http.SendAsync(request);
        Assert.Equal(
            (HttpStatusCode.OK, Friend, "Origin"),
            (answer.StatusCode, Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Vary"))
        );
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        using var list = await SendAsync(HttpMethod.Get, "/v1/models", Friend);
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
    }

    [Theory]
    [InlineData("/v1/models", "http://localhost:3001")]
    [InlineData("/v1/models", "https://localhost:3000")]
    [InlineData("/v1/models", "null")]
    [InlineData("/api/stats/summary", Friend)]
    [InlineData("/upstream/open/", Friend)]
    [InlineData("/", Friend)]
    public async Task EverythingElse_StaysClosed(string path, string origin)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, origin);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task AllowedPage_MayReadErrorsToo()
    {
        await app.AddRunningAsync("falls");
        using var request = ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("falls"), "die-before");
        request.Headers.Add("Origin", Friend);
        using var answer = await app.Http.SendAsync(request);
        Assert.Equal(
            (HttpStatusCode.BadGateway, Friend, "Origin"),
            (answer.StatusCode, Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Vary"))
        );
    }

    [Fact]
    public async Task EnginesOwnPermission_GoesNoFurther()
    {
        await app.AddRunningAsync("loose");
        using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("loose"), "cors"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("localhost:3000")]
    [InlineData("http://localhost:3000/chat")]
    [InlineData("file:///")]
    [InlineData("file://host")]
    [InlineData("null")]
    [InlineData("chrome-extension://*")]
    [InlineData("app://obsidian.md/page")]
    [InlineData("app://user@obsidian.md")]
    [InlineData("app:obsidian.md")]
    public void WrongOrigin_StopsTheStart_WithItsKey(string origin)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("LlamaBlazor:Security:AllowedOrigins:0", origin)])
            .Build();
        Assert.Contains(
            "LlamaBlazor:Security:AllowedOrigins",
            Assert.Throws<StartupException>(() => ConfigurationCheck.Require(configuration)).Message
        );
    }

    [Theory]
    [InlineData("app://obsidian.md")]
    [InlineData("chrome-extension://abcdefghijklmnopabcdefghijklmnop")]
    [InlineData("moz-extension://0f8b2c9e-1111-2222-3333-444455556666")]
    [InlineData("tauri://localhost")]
    [InlineData("capacitor://localhost")]
    [InlineData("vscode-webview://1abc")]
    [InlineData("http://[::1]:3000")]
    public async Task AppOrExtension_IsLetIn_WhereItIsAllowed(string origin)
    {
        await using var own = new ProxyFixture().With("LlamaBlazor:Security:AllowedOrigins:0", origin + "/");
        await own.InitializeAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");
        using var answer = await own.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, origin), (answer.StatusCode, Header(answer, "Access-Control-Allow-Origin")));
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string origin,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", origin);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await app.Http.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
