using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Security;

/// <summary>What a program without a key reaches once there is one, and who gets in otherwise.</summary>
public sealed class KeyLockTests : IAsyncLifetime
{
    private readonly ProxyFixture _app = new();
    private readonly HttpClient _stranger = new(new SocketsHttpHandler { UseCookies = false });

    public async ValueTask InitializeAsync()
    {
        await _app.InitializeAsync();
        _stranger.BaseAddress = _app.Address;
        await _app.AddRunningAsync("open");
    }

    public async ValueTask DisposeAsync()
    {
        _stranger.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "/api/models", "read")]
    [InlineData("GET", "/api/keys", "read")]
    [InlineData("GET", "/API/models", "read")]
    [InlineData("POST", "/api/models/scan", "admin")]
    [InlineData("GET", "/api/database/export", "admin")]
    [InlineData("GET", "/api/database/dump", "admin")]
    [InlineData("GET", "/metrics", "read")]
    [InlineData("GET", "/openapi/v1.json", "read")]
    [InlineData("POST", "/hubs/telemetry/negotiate?negotiateVersion=1", "read")]
    [InlineData("POST", "/_blazor/negotiate?negotiateVersion=1", "admin")]
    [InlineData("GET", "/v1/models", "inference")]
    [InlineData("GET", "/props?model=open", "inference")]
    [InlineData("GET", "/metrics?model=open", "inference")]
    [InlineData("GET", "/upstream/open/props", "inference")]
    public async Task WithAKey_NobodyGetsInWithout(string method, string path, string scope)
    {
        Assert.NotEqual(HttpStatusCode.Unauthorized, await StatusAsync(method, path, null));
        var (_, inference) = await CreateAsync("inference");
        var (_, read) = await CreateAsync("read");
        var (_, admin) = await CreateAsync("admin");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(method, path, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(method, path, "lb-unknown"));
        foreach (var (key, word) in new[] { (inference, "inference"), (read, "read") })
        {
            var may = word == scope || path == "/v1/models"; // the list is read too
            Assert.Equal(may, await StatusAsync(method, path, key) is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized));
        }

        Assert.True(await StatusAsync(method, path, admin) is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task Page_CarriesAPass_ThatCountsForItsOwnRequestsAlone()
    {
        await CreateAsync("inference");
        using var page = await _stranger.GetAsync("/keys");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var cookie = page.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("llamablazor-", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        var pass = cookie.Split(';')[0];
        Assert.DoesNotContain(pass.Split('=')[1], await page.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "/api/models", null, ("Cookie", pass)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "/api/models", null, ("Cookie", pass), ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "/api/models", null, ("Cookie", pass[..^1] + "x")));
        Assert.Equal(
            HttpStatusCode.Forbidden,
            await StatusAsync("GET", "/api/models", null, ("Cookie", pass), ("Sec-Fetch-Site", "same-site"))
        );
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "/api/models", "lb-unknown", ("Cookie", pass)));
    }

    [Fact]
    public async Task EndOfTheLastKey_LeavesTheEndpointLocked_UntilItIsOpened()
    {
        var (id, key) = await CreateAsync("inference");
        using var early = await _app.Http.PostAsync("/api/keys/open", null);
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        using var revoked = await _app.Http.DeleteAsync($"/api/keys/{id}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "/v1/models", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "/v1/models", key));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("POST", "/api/keys/open", null));
        using var told = await _stranger.GetAsync("/v1/models");
        Assert.Contains("keys open", await told.Content.ReadAsStringAsync());
        using var opened = await _app.Http.PostAsync("/api/keys/open", null);
        Assert.Equal(HttpStatusCode.NoContent, opened.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "/v1/models", null));
        await CreateAsync("inference");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "/v1/models", null));
    }

    [Fact]
    public async Task TokensArePromised_BeforeTheyAreSpent()
    {
        var (_, key) = await CreateAsync("inference", tokens: 5); // fewer than one answer has: no second one fits, however late it comes
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StatusAsync("POST", "/v1/chat/completions", key)));
        Assert.Equal(
            (1, 19),
            (answers.Count(status => status == HttpStatusCode.OK), answers.Count(status => status == HttpStatusCode.TooManyRequests))
        );
    }

    [Fact]
    public async Task RequestThatStartsAModel_CountsWhateverItsMethod()
    {
        var (_, key) = await CreateAsync("inference", requests: 3);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "/props?model=open", key));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "/upstream/open/props", key));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "/v1/models", key)); // a list starts nothing
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("POST", "/v1/chat/completions", key));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync("GET", "/props?model=open", key));
    }

    [Fact]
    public async Task Commands_GetIn_ByTheSecretOfTheFolder()
    {
        await CreateAsync("inference");
        var folder = _app.Services.GetRequiredService<LlamaBlazor.Web.Data.DataFolder>();
        var file = Path.Combine(folder.Keys, "dashboard-pass");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await Until.TrueAsync(() => File.Exists(Path.Combine(folder.Root, "server.json")), "the address is written down");
        await using var connection = await LlamaBlazor.Web.Cli.DashboardConnection.FindAsync(folder.Root, default);
        using var answer = await connection!.Http.GetAsync("/api/models");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEqual((await File.ReadAllTextAsync(file)).Trim(), connection.Http.DefaultRequestHeaders.Authorization!.Parameter);
    }

    private async Task<HttpStatusCode> StatusAsync(string method, string path, string? key, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null)
            request.Headers.Authorization = new("Bearer", key);
        if (path == "/v1/chat/completions")
            request.Content = new StringContent(ProxyFixture.Chat("open"), System.Text.Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _stranger.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<(long Id, string Secret)> CreateAsync(string scope, long? tokens = null, long? requests = null)
    {
        using var answer = await _app.Http.PostAsJsonAsync(
            "/api/keys",
            new
            {
                name = "a key",
                scopes = new[] { scope },
                tokens_per_minute = tokens,
                requests_per_minute = requests,
            }
        );
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (json.GetProperty("id").GetInt64(), json.GetProperty("secret").GetString()!);
    }
}
