using System.Net;
using System.Text;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>Paths as clients write them, and HEAD.</summary>
public sealed class ProgramPathTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    [Theory]
    [InlineData("//v1/chat/completions", "/v1/chat/completions")]
    [InlineData("/v1//chat/completions", "/v1/chat/completions")]
    [InlineData("/v1/chat/completions/", "/v1/chat/completions")]
    [InlineData("/V1/Chat/Completions", "/v1/chat/completions")]
    [InlineData("//V1//EMBEDDINGS//?x=1", "/v1/embeddings?x=1")]
    [InlineData("/V/Completions/", "/completions")]
    [InlineData("/Completion/", "/completion")]
    [InlineData("/SLOTS/3/?action=erase", "/slots/3?action=erase")]
    public async Task OtherWaysToWriteAPath_ReachTheEngine_InItsOwn(string path, string upstream)
    {
        await EnsureAsync();
        using var answer = await SendAsync("POST", path, ProxyFixture.Chat("paths"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(upstream, app.Engine.Seen.Last().Target);
    }

    [Theory]
    [InlineData("GET", "/v1/nothing/here")]
    [InlineData("POST", "//v1/chat/completion")]
    [InlineData("GET", "/V1/Chat/Completions")]
    [InlineData("DELETE", "/v1/models/sleeping")]
    [InlineData("GET", "/completion?model=sleeping")]
    [InlineData("PUT", "/embeddings?model=sleeping")]
    [InlineData("GET", "/v1")]
    public async Task UnknownRoutes_GetOpenAiErrors_AndStartNothing(string method, string path)
    {
        var id = await app.AddModelAsync("sleeping-" + Guid.NewGuid().ToString("N"));
        using var answer = await SendAsync(method, path, method == "POST" ? ProxyFixture.Chat("sleeping") : null);
        Assert.Equal(
            (HttpStatusCode.NotFound, "unknown_route"),
            (answer.StatusCode, (await ProxyFixture.ErrorAsync(answer)).GetProperty("code").GetString())
        );
        Assert.Equal(0, app.Starts(id));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/v1/health")]
    [InlineData("//V1/Health/")]
    public async Task Health_IsThatOfTheEndpoint_AndStartsNothing(string path)
    {
        var id = await app.AddModelAsync("sleeping-" + Guid.NewGuid().ToString("N"));
        using var answer = await SendAsync("GET", path + "?model=sleeping", null);
        Assert.Equal((HttpStatusCode.OK, """{"status":"ok"}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(0, app.Starts(id));
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/paths")]
    [InlineData("//V1/Models/")]
    [InlineData("/")]
    [InlineData("/settings")]
    [InlineData("/healthz")]
    [InlineData("/health")]
    [InlineData("/V1/Health/")]
    [InlineData("/api/models")]
    public async Task Head_IsAnswered_AsGetWithoutABody(string path)
    {
        await EnsureAsync();
        using var answer = await SendAsync("HEAD", path, null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Head_StartsNoEngine()
    {
        var id = await app.AddModelAsync("headless");
        using var answer = await SendAsync("HEAD", "/props?model=headless", null);
        Assert.Equal((HttpStatusCode.NotFound, 0), (answer.StatusCode, app.Starts(id)));
    }

    [Fact]
    public async Task Arrays_GoToTheModelOfTheQuery_OrTheOnlyOneThatRuns()
    {
        await EnsureAsync();
        using var named = await SendAsync("POST", "/lora-adapters?model=paths", """[{"id":0,"scale":0.5}]""");
        using var only = await SendAsync("POST", "/lora-adapters", """ [{"id":0,"scale":0.25}] """);
        using var chat = await SendAsync("POST", "/v1/chat/completions?model=paths", "[1]");
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.BadRequest),
            (named.StatusCode, only.StatusCode, chat.StatusCode)
        );
        Assert.Equal(""" [{"id":0,"scale":0.25}] """, Encoding.UTF8.GetString(app.Engine.Seen.Last().Body));
        foreach (var wrong in new[] { "[1", "[1]x", "" })
        {
            using var bad = await SendAsync("POST", "/v1/chat/completions", wrong);
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        }
    }

    [Fact]
    public async Task EmptyBody_GoesToTheOnlyModelThatRuns()
    {
        await EnsureAsync();
        using var answer = await app.Http.PostAsync("/slots/1?action=erase", null);
        Assert.Equal((HttpStatusCode.OK, "/slots/1?action=erase"), (answer.StatusCode, app.Engine.Seen.Last().Target));
    }

    private async Task EnsureAsync()
    {
        if (
            (await app.GetAsync("/v1/models"))
                .GetProperty("data")
                .EnumerateArray()
                .All(model => model.GetProperty("id").GetString() != "paths")
        )
            await app.AddRunningAsync("paths");
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? json)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(method),
            new Uri(
                app.Address.OriginalString.TrimEnd('/') + path,
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
            )
        );
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return await app.Http.SendAsync(request);
    }
}
