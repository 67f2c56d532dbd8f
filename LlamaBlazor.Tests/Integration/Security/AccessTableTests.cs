using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Tests.Integration.Security;

/// <summary>A program that believes a header about where a request comes from: connections of tests are all of this machine.</summary>
public sealed class FarFixture : ProxyFixture
{
    /// <summary>Header with the address.</summary>
    public const string From = "X-Test-From";

    internal GuardLog Log { get; } = new();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureServices(services => services.AddSingleton<IStartupFilter, Far>());
        builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(Log));
    }

    /// <summary>What the guards of the program log.</summary>
    internal sealed class GuardLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("LlamaBlazor.Web.Security", StringComparison.Ordinal) ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Enqueue(formatter(state, exception));

        public void Dispose() { }
    }

    private sealed class Far : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (context, go) =>
                    {
                        if (IPAddress.TryParse(context.Request.Headers[From], out var address))
                            context.Connection.RemoteIpAddress = address;
                        return go(context);
                    }
                );
                next(app);
            };
    }
}

/// <summary>Every kind of route, asked by every kind of caller: the status of each.</summary>
public sealed class AccessTableTests : IAsyncLifetime
{
    private readonly FarFixture _app = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

    public async ValueTask InitializeAsync()
    {
        await _app.InitializeAsync();
        _http.BaseAddress = _app.Address;
        await _app.AddRunningAsync("open");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    // none, of another machine, an unknown key, that of another machine, a page | with keys: none, of another machine, unknown, that of
    // another machine, inference, read, admin, read of another machine, a page, a page with an unknown key, another site with the cookie
    private static readonly string[] Table =
    [
        "GET /api/models                                      | 200 401 200 401 200 | 401 401 401 401 403 200 200 200 200 401 403",
        "GET /API/models                                      | 200 401 200 401 200 | 401 401 401 401 403 200 200 200 200 401 403",
        "HEAD /api/models                                     | 200 401 200 401 200 | 401 401 401 401 403 200 200 200 200 401 403",
        "GET /api/keys                                        | 200 401 200 401 200 | 401 401 401 401 403 200 200 200 200 401 403",
        "POST /api/keys                                       | 422 401 422 401 422 | 401 401 401 401 403 403 422 403 422 401 403",
        "GET /api/database/dump                               | 200 401 200 401 200 | 401 401 401 401 403 403 200 403 200 401 403",
        "HEAD /api/database/dump                              | 405 401 405 401 405 | 401 401 401 401 403 405 405 405 405 401 403",
        "GET /api/database/export/                            | 200 401 200 401 200 | 401 401 401 401 403 403 200 403 200 401 403",
        "POST /api/models/scan                                | 200 401 200 401 200 | 401 401 401 401 403 403 200 403 200 401 403",
        "DELETE /api/models                                   | 405 401 405 401 405 | 401 401 401 401 403 403 405 403 405 401 403",
        "GET /api                                             | 404 401 404 401 404 | 401 401 401 401 403 404 404 404 404 401 403",
        "GET /api/                                            | 404 401 404 401 404 | 401 401 401 401 403 404 404 404 404 401 403",
        "GET /api/nothing                                     | 404 401 404 401 404 | 401 401 401 401 403 404 404 404 404 401 403",
        "GET /api/nothing.json                                | 404 401 404 401 404 | 401 401 401 401 403 404 404 404 404 401 403",
        "POST /api/nothing                                    | 404 401 404 401 404 | 401 401 401 401 403 403 404 403 404 401 403",
        "GET /apiary                                          | 404 404 404 404 404 | 404 404 404 404 404 404 404 404 404 404 403",
        "GET /metrics                                         | 200 401 200 401 200 | 401 401 401 401 403 200 200 200 200 401 403",
        "GET /metrics/nothing                                 | 404 401 404 401 404 | 401 401 401 401 403 404 404 404 404 401 403",
        "POST /metrics                                        | 405 401 405 401 405 | 401 401 401 401 403 405 405 405 405 401 403",
        "GET /metrics?model=open                              | 200 401 200 401 200 | 401 401 401 401 200 403 200 403 200 401 403",
        "POST /metrics?model=open                             | 405 405 405 405 405 | 405 405 405 405 405 405 405 405 405 405 403",
        "GET /openapi/v1.json                                 | 200 401 200 401 200 | 401 401 401 401 403 200 200 200 200 401 403",
        "GET /openapi/nothing.json                            | 404 401 404 401 404 | 401 401 401 401 403 404 404 404 404 401 403",
        "POST /hubs/telemetry/negotiate?negotiateVersion=1    | 200 401 200 401 200 | 401 401 401 401 403 200 200 200 200 401 403",
        "GET /hubs/telemetry                                  | 400 401 400 401 400 | 401 401 401 401 403 400 400 400 400 401 403",
        "GET /hubs/nothing                                    | 404 401 404 401 404 | 401 401 401 401 403 404 404 404 404 401 403",
        "POST /_blazor/negotiate?negotiateVersion=1           | 200 401 200 401 200 | 401 401 401 401 403 403 200 403 200 401 403",
        "GET /_blazor                                         | 400 401 400 401 400 | 401 401 401 401 403 403 400 403 400 401 403",
        "GET /_blazor/initializers                            | 200 401 200 401 200 | 401 401 401 401 403 403 200 403 200 401 403",
        "POST /_blazor/disconnect                             | 400 401 400 401 400 | 401 401 401 401 403 403 400 403 400 401 403",
        "GET /_blazor/nothing                                 | 404 401 404 401 404 | 401 401 401 401 403 403 404 403 404 401 403",
        "GET /_blazor/nothing.js                              | 404 401 404 401 404 | 401 401 401 401 403 403 404 403 404 401 403",
        "GET /_framework/blazor.web.js                        | 200 200 200 200 200 | 200 200 200 200 200 200 200 200 200 200 403",
        "GET /_framework/nothing.js                           | 404 404 404 404 404 | 404 404 404 404 404 404 404 404 404 404 403",
        "GET /                                                | 200 200 200 200 200 | 200 200 200 200 200 200 200 200 200 200 403",
        "GET /models                                          | 200 200 200 200 200 | 200 200 200 200 200 200 200 200 200 200 403",
        "GET /models/open                                     | 200 200 200 200 200 | 200 200 200 200 200 200 200 200 200 200 403",
        "DELETE /models                                       | 405 405 405 405 405 | 405 405 405 405 405 405 405 405 405 405 403",
        "GET /keys                                            | 200 200 200 200 200 | 200 200 200 200 200 200 200 200 200 200 403",
        "GET /not-found                                       | 200 200 200 200 200 | 200 200 200 200 200 200 200 200 200 200 403",
        "GET /nothing                                         | 404 404 404 404 404 | 404 404 404 404 404 404 404 404 404 404 403",
        "GET /nothing.txt                                     | 404 404 404 404 404 | 404 404 404 404 404 404 404 404 404 404 403",
        "GET /css/app.css                                     | 200 200 200 200 200 | 200 200 200 200 200 200 200 200 200 200 403",
        "GET /healthz                                         | 200 200 200 200 200 | 200 200 200 200 200 200 200 200 200 200 403",
        "GET /readyz                                          | 200 200 200 200 200 | 200 200 200 200 200 200 200 200 200 200 403",
        "GET /health                                          | 200 200 200 200 200 | 200 200 200 200 200 200 200 200 200 200 403",
        "GET /v1/health                                       | 200 200 200 200 200 | 200 200 200 200 200 200 200 200 200 200 403",
        "GET /v1/models                                       | 200 401 200 401 200 | 401 401 401 401 200 200 200 200 200 401 403",
        "GET /v1/models/open                                  | 200 401 200 401 200 | 401 401 401 401 200 200 200 200 200 401 403",
        "POST /v1/models                                      | 404 404 404 404 404 | 404 404 404 404 404 404 404 404 404 404 403",
        "GET /v1/nothing                                      | 404 404 404 404 404 | 404 404 404 404 404 404 404 404 404 404 403",
        "POST /v1/chat/completions                            | 200 401 200 401 200 | 401 401 401 401 200 403 200 403 200 401 403",
        "GET /v1/chat/completions                             | 404 404 404 404 404 | 404 404 404 404 404 404 404 404 404 404 403",
        "POST /v/chat/completions                             | 200 401 200 401 200 | 401 401 401 401 200 403 200 403 200 401 403",
        "POST /completion                                     | 200 401 200 401 200 | 401 401 401 401 200 403 200 403 200 401 403",
        "GET /props?model=open                                | 200 401 200 401 200 | 401 401 401 401 200 403 200 403 200 401 403",
        "GET /slots?model=open                                | 200 401 200 401 200 | 401 401 401 401 200 403 200 403 200 401 403",
        "DELETE /props                                        | 404 404 404 404 404 | 404 404 404 404 404 404 404 404 404 404 403",
        "GET /upstream/open/props                             | 200 401 200 401 200 | 401 401 401 401 200 403 200 403 200 401 403",
        "GET /upstream/nobody/props                           | 404 401 404 401 404 | 401 401 401 401 404 403 404 403 404 401 403",
        "GET /v1/stream/abc                                   | 404 401 404 401 404 | 401 401 401 401 404 403 404 403 404 401 403",
        "POST /v1/streams/lookup                              | 200 401 200 401 200 | 401 401 401 401 200 403 200 403 200 401 403",
    ];

    [Fact]
    public async Task EachRoute_AnswersEachCaller_AsTheTableSays()
    {
        var routes = Table.Select(line => line.Split('|')[0].Trim()).ToList();
        var page = await CookieAsync();
        (string, string)[][] first =
        [
            [],
            [Remote],
            [Key("lb-unknown")],
            [Key("lb-unknown"), Remote],
            [page],
        ];
        var open = await AskAllAsync(routes, first);
        var (_, inference) = await CreateAsync("inference");
        var (_, read) = await CreateAsync("read");
        var (_, admin) = await CreateAsync("admin");
        (string, string)[][] second =
        [
            [],
            [Remote],
            [Key("lb-unknown")],
            [Key("lb-unknown"), Remote],
            [Key(inference)],
            [("X-Api-Key", read)],
            [Key(admin)],
            [Key(read), Remote],
            [page],
            [page, Key("lb-unknown")],
            [page, ("Sec-Fetch-Site", "same-site")],
        ];
        var closed = await AskAllAsync(routes, second);
        Assert.Empty(_app.Log.Lines); // whom nobody knows fills no log
        Assert.Equal(Table, routes.Select((route, i) => $"{route.PadRight(52)} | {open[i]} | {closed[i]}"));
    }

    [Fact]
    public async Task Refusals_SayWhy_InTheFormOfTheDashboardsApi()
    {
        const string None = "An API key is needed: send it as Authorization: Bearer, or as X-Api-Key.";
        const string Unknown = "The API key is not known, has expired or was revoked. Make one on the page API keys.";
        const string Far = "Requests from other machines need an API key. Make one on the page API keys.";
        string[] areas =
        [
            "GET /api/models",
            "GET /api/nothing",
            "GET /metrics",
            "GET /openapi/v1.json",
            "GET /hubs/telemetry",
            "POST /_blazor/negotiate?negotiateVersion=1",
        ];
        foreach (var area in areas)
            await RefusesAsync(area, 401, Far, Remote);
        var (id, inference) = await CreateAsync("inference");
        foreach (var area in areas)
        {
            var scope = area.Contains("_blazor", StringComparison.Ordinal) ? "admin" : "read";
            await RefusesAsync(area, 401, None);
            await RefusesAsync(area, 401, Unknown, Key("lb-unknown"));
            await RefusesAsync(
                area,
                403,
                $"The key 'inference' has no scope '{scope}'. Make one that has it on the page API keys.",
                Key(inference)
            );
        }

        using var revoked = await _app.Http.DeleteAsync($"/api/keys/{id}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        foreach (var area in areas)
            await RefusesAsync(
                area,
                401,
                None
                    + " No key is in force any more, and the endpoint stays locked. Make one on the page API keys, or let every program of "
                    + "this machine in again: keys open."
            );
    }

    // keys are in the database: while it cannot be read, pages come up to say so, and there is nothing to guard
    [Fact]
    public async Task WithoutADatabase_NobodyIsAskedForAKey()
    {
        await using var app = new AppFixture();
        Directory.CreateDirectory(app.Folder.File("data"));
        await File.WriteAllTextAsync(app.Folder.File("data/llama-dashboard.db"), new string('x', 500));
        app.Start();
        await Assert.ThrowsAnyAsync<Exception>(() => app.Services.GetRequiredService<DatabaseState>().Ready);
        using var http = new HttpClient { BaseAddress = app.Address };
        foreach (var secret in new[] { null, "lb-unknown" })
        {
            http.DefaultRequestHeaders.Authorization = secret is null ? null : new("Bearer", secret);
            using var circuit = await http.PostAsync("/_blazor/negotiate?negotiateVersion=1", null);
            using var hub = await http.PostAsync("/hubs/telemetry/negotiate?negotiateVersion=1", null);
            using var metrics = await http.GetAsync("/metrics");
            using var api = await http.GetAsync("/api/models");
            Assert.Equal(
                (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable),
                (circuit.StatusCode, hub.StatusCode, metrics.StatusCode, api.StatusCode)
            );
        }
    }

    // browsers cannot send headers with a socket
    [Fact]
    public async Task AccessToken_InTheQuery_CountsForHubsAlone()
    {
        var (_, read) = await CreateAsync("read");
        using var hub = await AskAsync($"POST /hubs/telemetry/negotiate?negotiateVersion=1&access_token={read}");
        using var api = await AskAsync($"GET /api/models?access_token={read}");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (hub.StatusCode, api.StatusCode));
    }

    [Fact]
    public async Task Use_OfAKey_IsNoted_ByTheApiToo()
    {
        var (id, read) = await CreateAsync("read");
        using var refused = await AskAsync("POST /api/models/scan", Key(read));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(JsonValueKind.Null, (await LastUseAsync(id)).ValueKind);
        using var answer = await AskAsync("GET /api/models", Key(read));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Until.TrueAsync(async () => (await LastUseAsync(id)).ValueKind == JsonValueKind.Number, "last used is saved");
    }

    private async Task<JsonElement> LastUseAsync(long id) =>
        (await _app.GetAsync("/api/keys"))
            .GetProperty("items")
            .EnumerateArray()
            .Single(key => key.GetProperty("id").GetInt64() == id)
            .GetProperty("last_used_at");

    private async Task RefusesAsync(string route, int status, string words, params (string, string)[] caller)
    {
        using var answer = await AskAsync(route, caller);
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(
            (status == 401 ? "Key not accepted" : "Not allowed", status, words),
            (problem.GetProperty("title").GetString(), problem.GetProperty("status").GetInt32(), problem.GetProperty("detail").GetString())
        );
    }

    private static (string Name, string Value) Remote => (FarFixture.From, "192.0.2.7");

    private static (string Name, string Value) Key(string secret) => ("Authorization", "Bearer " + secret);

    private async Task<List<string>> AskAllAsync(List<string> routes, (string, string)[][] callers)
    {
        var lines = new List<string>();
        foreach (var route in routes)
        {
            var statuses = new List<int>();
            foreach (var caller in callers)
            {
                using var answer = await AskAsync(route, caller);
                statuses.Add((int)answer.StatusCode);
                Assert.Equal(answer.StatusCode == HttpStatusCode.Unauthorized, answer.Headers.WwwAuthenticate.ToString() == "Bearer");
            }

            lines.Add(string.Join(' ', statuses));
        }

        return lines;
    }

    private async Task<HttpResponseMessage> AskAsync(string route, params (string Name, string Value)[] headers)
    {
        var words = route.Split(' ');
        using var request = new HttpRequestMessage(new HttpMethod(words[0]), new Uri(words[1], UriKind.Relative));
        if (words[0] == "POST")
            request.Content = JsonContent.Create(new { model = "open", messages = new[] { new { role = "user", content = "hi" } } });
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(request);
    }

    private async Task<(string, string)> CookieAsync()
    {
        using var page = await _http.GetAsync("/keys");
        return (
            "Cookie",
            page.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("llamablazor-", StringComparison.Ordinal)).Split(';')[0]
        );
    }

    private async Task<(long Id, string Secret)> CreateAsync(string scope)
    {
        using var made = await _app.Http.PostAsJsonAsync("/api/keys", new { name = scope, scopes = new[] { scope } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var key = await made.Content.ReadFromJsonAsync<JsonElement>();
        return (key.GetProperty("id").GetInt64(), key.GetProperty("secret").GetString()!);
    }
}
