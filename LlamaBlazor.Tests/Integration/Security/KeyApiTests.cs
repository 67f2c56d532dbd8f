using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Security.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Security;

/// <summary>Two running models, asked without a key before the first one exists.</summary>
public sealed class KeyFixture : ProxyFixture
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await AddRunningAsync("open");
        await AddRunningAsync("closed");
        foreach (var secret in new[] { null, "sk-whatever" })
        {
            using var request = Post("/v1/chat/completions", Chat("open"));
            if (secret is not null)
                request.Headers.Authorization = new("Bearer", secret);
            using var answer = await Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }
}

public sealed class KeyApiTests(KeyFixture app) : IClassFixture<KeyFixture>
{
    [Fact]
    public async Task Secret_IsShownOnce_AndThenNeeded()
    {
        var (id, secret) = await CreateAsync(new { name = "once" });
        Assert.StartsWith("lb-", secret);
        Assert.DoesNotContain(secret, (await app.GetAsync("/api/keys")).ToString());
        using var with = await ChatAsync("open", secret);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
        using var without = await ChatAsync("open", null);
        Assert.Equal(
            (HttpStatusCode.Unauthorized, "invalid_api_key"),
            (without.StatusCode, (await ProxyFixture.ErrorAsync(without)).GetProperty("code").GetString())
        );
        Assert.Equal(id, (await app.RowAsync(with.Headers.GetValues("X-Request-Id").Single())).ApiKeyId);
        Assert.DoesNotContain("Authorization", app.Engine.Seen.Last().Headers.Keys);
        using var header = ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("open"));
        header.Headers.Add("X-Api-Key", secret);
        Assert.Equal(HttpStatusCode.OK, (await app.Http.SendAsync(header)).StatusCode);
        await Until.TrueAsync(
            async () =>
                (await app.GetAsync("/api/keys"))
                    .GetProperty("items")
                    .EnumerateArray()
                    .Any(key =>
                        key.GetProperty("id").GetInt64() == id && key.GetProperty("last_used_at").ValueKind == JsonValueKind.Number
                    ),
            "last used is saved"
        );
    }

    [Fact]
    public async Task KeyOfAProject_AsksItsModelsOnly()
    {
        using var made = await app.Http.PostAsJsonAsync("/api/projects", new { project_path = "team" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await app.AddRunningAsync("theirs", runtime => runtime.Project = "team");
        var (_, secret) = await CreateAsync(new { name = "member", project = "Team" });
        using var own = await ChatAsync("theirs", secret);
        using var foreign = await ChatAsync("open", secret);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (own.StatusCode, foreign.StatusCode));
        using var list = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        list.Headers.Authorization = new("Bearer", secret);
        using var names = await app.Http.SendAsync(list);
        Assert.Equal(
            "theirs",
            Assert
                .Single((await names.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").EnumerateArray())
                .GetProperty("id")
                .GetString()
        );
        using var unknown = await app.Http.PostAsJsonAsync("/api/keys", new { name = "lost", project = "nowhere" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unknown.StatusCode);
    }

    [Fact]
    public async Task AllowList_HidesAndForbidsOtherModels()
    {
        var (_, secret) = await CreateAsync(new { name = "narrow", models = new[] { "OPEN" } });
        using var allowed = await ChatAsync("open", secret);
        using var refused = await ChatAsync("closed", secret);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (allowed.StatusCode, refused.StatusCode));
        using var list = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        list.Headers.Authorization = new("Bearer", secret);
        var models = await (await app.Http.SendAsync(list)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("open", models.GetProperty("data").EnumerateArray().Single().GetProperty("id").GetString());
    }

    [Fact]
    public async Task RefusalsOfAKnownKey_AreRecorded_WithTheKey()
    {
        var (id, secret) = await CreateAsync(
            new
            {
                name = "watched",
                models = new[] { "open" },
                requests_per_minute = 3,
            }
        );
        using var closed = await ChatAsync("closed", secret);
        using var unread = ProxyFixture.Post("/v1/chat/completions", "{");
        unread.Headers.Authorization = new("Bearer", secret);
        using var broken = await app.Http.SendAsync(unread);
        using var unknown = ProxyFixture.Post("/upstream/nobody/v1/chat/completions", "{}");
        unknown.Headers.Authorization = new("Bearer", secret);
        using var missing = await app.Http.SendAsync(unknown);
        using var limited = await ChatAsync("open", secret);
        foreach (var (answer, status) in new[] { (closed, 403), (broken, 400), (missing, 404), (limited, 429) })
        {
            Assert.Equal(status, (int)answer.StatusCode);
            var row = await app.RowAsync(answer.Headers.GetValues("X-Request-Id").Single());
            Assert.Equal((status, id), (row.HttpStatus, row.ApiKeyId));
        }

        Assert.Equal(0, app.Registry.Count);
    }

    [Fact]
    public async Task Suggestions_NameOnlyWhatTheKeyMaySee()
    {
        await app.AddRunningAsync("closed-circle");
        var (_, secret) = await CreateAsync(new { name = "curious", models = new[] { "open" } });
        foreach (var name in new[] { "closed-circl", "opem" })
        {
            using var answer = await ChatAsync(name, secret);
            Assert.Equal(
                name == "opem",
                (await ProxyFixture.ErrorAsync(answer))
                    .GetProperty("message")
                    .GetString()!
                    .Contains("Did you mean", StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public async Task Limits_AreKept_WithRetryAfter()
    {
        var (_, secret) = await CreateAsync(new { name = "slow", requests_per_minute = 2 });
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await ChatAsync("open", secret)).StatusCode);
        using var refused = await ChatAsync("open", secret);
        Assert.Equal(
            (HttpStatusCode.TooManyRequests, "rate_limit_exceeded"),
            (refused.StatusCode, (await ProxyFixture.ErrorAsync(refused)).GetProperty("code").GetString())
        );
        Assert.NotNull(refused.Headers.RetryAfter);

        var (_, frugal) = await CreateAsync(new { name = "frugal", tokens_per_minute = 7 });
        Assert.Equal(HttpStatusCode.OK, (await ChatAsync("open", frugal)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await ChatAsync("open", frugal)).StatusCode);
    }

    [Fact]
    public async Task Scopes_AreHeld_OnTheDashboardsApi()
    {
        var (_, inference) = await CreateAsync(new { name = "inference" });
        var (_, read) = await CreateAsync(new { name = "read", scopes = new[] { "read" } });
        var (_, admin) = await CreateAsync(new { name = "admin", scopes = new[] { "admin" } });
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Get, inference));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, read));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Post, read));
        Assert.Equal(HttpStatusCode.Created, await StatusAsync(HttpMethod.Post, admin));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, "lb-unknown"));
        Assert.Equal(HttpStatusCode.Forbidden, (await ChatAsync("open", read)).StatusCode);
    }

    [Fact]
    public async Task RevokedOrExpiredKey_IsRefused()
    {
        var (id, secret) = await CreateAsync(new { name = "short" });
        Assert.Equal(HttpStatusCode.NoContent, (await app.Http.DeleteAsync($"/api/keys/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.DeleteAsync($"/api/keys/{id}")).StatusCode);
        await CreateAsync(new { name = "another" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await ChatAsync("open", secret)).StatusCode);
    }

    [Fact]
    public async Task ExpiredKey_IsRefused()
    {
        var (_, secret) = await CreateAsync(new { name = "brief", expires_at = app.Now + 1000 });
        await Until.TrueAsync(
            async () => (await ChatAsync("open", secret)).StatusCode == HttpStatusCode.Unauthorized,
            "the key has expired"
        );
    }

    [Fact]
    public async Task HigherPriority_GoesFirst()
    {
        var id = await app.AddRunningAsync("busy", runtime => runtime.Concurrency = 1);
        var (_, usual) = await CreateAsync(new { name = "usual" });
        var (_, urgent) = await CreateAsync(new { name = "urgent", priority = 5 });
        var first = ChatAsync("busy", usual, "wait");
        await Until.TrueAsync(() => app.Registry.Busy(id) == 1, "the first is at work");
        var second = ChatAsync("busy", usual);
        await Until.TrueAsync(
            () => app.Registry.All.Any(request => request.Key?.Name == "usual" && request.Place == 1),
            "the usual one waits"
        );
        var third = ChatAsync("busy", urgent);
        await Until.TrueAsync(
            () => app.Registry.All.Any(request => request.Key?.Name == "urgent" && request.Place == 1),
            "the urgent one is before it"
        );
        Assert.Equal(2, app.Registry.All.Where(request => request.Key?.Name == "usual").Max(request => request.Place));
        app.Engine.Release();
        foreach (var answer in await Task.WhenAll(first, second, third))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task BadValues_AreAllNamed()
    {
        using var answer = await app.Http.PostAsJsonAsync(
            "/api/keys",
            new
            {
                name = "",
                scopes = new[] { "root" },
                requests_per_minute = 0,
                expires_at = 1,
            }
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal(["expires_at", "name", "requests_per_minute", "scopes"], errors.EnumerateObject().Select(field => field.Name).Order());
    }

    [Fact]
    public async Task RevokedKey_IsForgotten_AndWhatItWasPromisedBurdensNobody()
    {
        var ring = app.Services.GetRequiredService<KeyRing>();
        var (kept, _) = await CreateAsync(new { name = "kept" });
        var (id, secret) = await CreateAsync(new { name = "forgotten", tokens_per_minute = 100 });
        Assert.Equal(0, ring.TryCount(await FindAsync(secret), 60, out var promised));
        Assert.True(ring.ShouldSaveUse(kept));
        Assert.Superset(new HashSet<long> { id, kept }, ring.Counted.ToHashSet());
        using var revoked = await app.Http.DeleteAsync($"/api/keys/{id}");
        Assert.True(revoked.IsSuccessStatusCode, await revoked.Content.ReadAsStringAsync());
        Assert.DoesNotContain(id, ring.Counted);
        Assert.Contains(kept, ring.Counted);
        ring.CountTokens(id, 50, promised); // its last request ends
        ring.CountTokens(id, 50, null);
        Assert.DoesNotContain(id, ring.Counted);

        async Task<ApiKey> FindAsync(string text) => (await ring.FindAsync(text, CancellationToken.None))!;
    }

    [Fact]
    public void PromiseOfAWindowThatIsGone_TakesNothingFromTheNext()
    {
        var ring = app.Services.GetRequiredService<KeyRing>();
        var (gone, now) = (new MinuteWindow(), new MinuteWindow());
        Assert.Equal(0, gone.TryReserve(100, 60, 1000, out var second));
        Assert.Equal(0, now.TryReserve(100, 60, 1000, out _));
        ring.CountTokens(77, 10, new TokenReservation(gone, second, 60));
        Assert.Equal(0, now.Wait(61, 1000));
        Assert.NotEqual(0, now.Wait(60, 1000)); // all that was promised there
        Assert.DoesNotContain(77, ring.Counted);
    }

    private async Task<(long Id, string Secret)> CreateAsync(object key)
    {
        using var answer = await app.Http.PostAsJsonAsync("/api/keys", key);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (json.GetProperty("id").GetInt64(), json.GetProperty("secret").GetString()!);
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string secret)
    {
        using var request = new HttpRequestMessage(method, "/api/keys");
        request.Headers.Authorization = new("Bearer", secret);
        if (method == HttpMethod.Post)
            request.Content = JsonContent.Create(new { name = "made by admin" });
        using var answer = await app.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> ChatAsync(string model, string? secret, string? stub = null)
    {
        var request = ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat(model), stub);
        if (secret is not null)
            request.Headers.Authorization = new("Bearer", secret);
        return await app.Http.SendAsync(request);
    }
}
