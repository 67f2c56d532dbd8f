using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Cache;
using LlamaBlazor.Web.Data;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Cache;

/// <summary>With the cache on, and small.</summary>
public sealed class CacheFixture : ProxyFixture
{
    public CacheFixture() => With("LlamaBlazor:Cache:Enabled", "true").With("LlamaBlazor:Cache:MaxSizeMb", "1");
}

public sealed class ResponseCacheTests(CacheFixture app) : IClassFixture<CacheFixture>
{
    private const string Path = "/v1/chat/completions";

    [Fact]
    public async Task SecondRequest_IsServed_WithoutAnEngine()
    {
        var id = await app.AddRunningAsync("twice");
        var body = Body("twice", "What is this?");
        using var first = await SendAsync(body);
        Assert.Equal("MISS", Word(first));
        await StoredAsync("twice", 1);
        app.Publish(id, "twice", InstancePhase.Stopped);
        var seen = app.Engine.Seen.Count;
        using var second = await SendAsync(" " + body);
        Assert.Equal(("HIT", HttpStatusCode.OK), (Word(second), second.StatusCode));
        Assert.NotNull(second.Headers.Age);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal((seen, 0), (app.Engine.Seen.Count, app.Starts(id)));
        var row = await app.RowAsync(second.Headers.GetValues("X-Request-Id").Single());
        Assert.True(row.CacheHit);
        Assert.Equal((5, 2, null), (row.PromptTokens, row.GeneratedTokens, row.TokensPerSecond));
        await app.Services.GetRequiredService<CacheStore>().SaveHitsAsync(CancellationToken.None);
        await Until.TrueAsync( // the maintenance may have taken it a moment before, and still be writing it
            async () => (await app.GetAsync("/api/cache?model=twice")).GetProperty("items")[0].GetProperty("hit_count").GetInt64() == 1,
            "the hit in the table"
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EqualRequest_RightBehindTheFirst_IsServed_AlsoAfterAClear(bool stream)
    {
        await app.AddRunningAsync("behind-" + stream);
        for (var round = 0; round < 20; round++)
        {
            var body = Body("behind-" + stream, "always the same", stream);
            using var first = await SendAsync(body, stream ? "stream:2" : null);
            await first.Content.ReadAsStringAsync();
            using var second = await SendAsync(body, stream ? "stream:2" : null);
            await second.Content.ReadAsStringAsync();
            using var third = await SendAsync(body, stream ? "stream:2" : null);
            Assert.Equal((round, "MISS", "HIT", "HIT"), (round, Word(first), Word(second), Word(third)));
            using var cleared = await app.Http.DeleteAsync($"/api/cache?model=behind-{stream}");
            Assert.True(cleared.IsSuccessStatusCode);
        }
    }

    // One that is removed while it is being kept does not come back.
    [Fact]
    public async Task Clear_RightBehindARequest_RemovesItsAnswer()
    {
        await app.AddRunningAsync("removed");
        for (var round = 0; round < 20; round++)
        {
            using var first = await SendAsync(Body("removed", "round " + round));
            await first.Content.ReadAsStringAsync();
            using var cleared = await app.Http.DeleteAsync("/api/cache?model=removed");
            using var second = await SendAsync(Body("removed", "round " + round));
            Assert.Equal("MISS", Word(second));
        }
    }

    [Fact]
    public async Task StreamAndPlain_ServeEachOther()
    {
        await app.AddRunningAsync("both");
        using (var streamed = await SendAsync(Body("both", "s", stream: true), "stream:3"))
            Assert.EndsWith("[DONE]\n\n", await streamed.Content.ReadAsStringAsync());
        await StoredAsync("both", 1);
        using var plain = await SendAsync(Body("both", "s"));
        Assert.Equal("HIT", Word(plain));
        Assert.Equal(
            "t0 t1 t2 ",
            (await plain.Content.ReadFromJsonAsync<JsonElement>())
                .GetProperty("choices")[0]
                .GetProperty("message")
                .GetProperty("content")
                .GetString()
        );
        using var again = await SendAsync(Body("both", "s", stream: true));
        Assert.Equal(("HIT", "text/event-stream"), (Word(again), again.Content.Headers.ContentType!.MediaType));
        var text = await again.Content.ReadAsStringAsync();
        Assert.Contains("t0 t1 t2 ", text);
        Assert.EndsWith("data: [DONE]\n\n", text);
    }

    [Fact]
    public async Task ChangedConfiguration_Misses()
    {
        var id = await app.AddRunningAsync("changed");
        (await SendAsync(Body("changed", "q"))).Dispose();
        await StoredAsync("changed", 1);
        await PatchAsync(id, "sampling", """{"top_k":7}""");
        using var answer = await SendAsync(Body("changed", "q"));
        Assert.Equal("MISS", Word(answer));
    }

    [Fact]
    public async Task SwitchOfAModel_CountsAtOnce()
    {
        var id = await app.AddRunningAsync("switched");
        Assert.Equal("MISS", Word(await SendAsync(Body("switched", "q"))));
        await PatchAsync(id, "runtime", """{"cache_mode":"off"}""");
        Assert.Null(Word(await SendAsync(Body("switched", "q"))));
        await PatchAsync(id, "runtime", """{"cache_mode":null,"aliases":["renamed"]}""");
        Assert.NotNull(Word(await SendAsync(Body("renamed", "q"))));
    }

    [Fact]
    public async Task RequestHeaders_AreObeyed()
    {
        await app.AddRunningAsync("headers");
        (await SendAsync(Body("headers", "q"))).Dispose();
        await StoredAsync("headers", 1);
        Assert.Equal("MISS", Word(await SendAsync(Body("headers", "q"), control: "no-cache")));
        Assert.Equal("BYPASS", Word(await SendAsync(Body("headers", "q"), control: "no-store")));
        Assert.Equal("MISS", Word(await SendAsync(Body("headers", "q"), control: "max-age=0")));
        Assert.Equal("HIT", Word(await SendAsync(Body("headers", "q"), control: "max-age=3600")));
    }

    [Fact]
    public async Task RequestsOwnSwitch_IsObeyed_AndGoesNoFurther()
    {
        await app.AddRunningAsync("wishes");
        using var request = ProxyFixture.Post(Path, Body("wishes", "q"));
        request.Headers.Add("X-Llama-Cache", "off");
        Assert.Equal("BYPASS", Word(await app.Http.SendAsync(request)));
        Assert.DoesNotContain("X-Llama-Cache", app.Engine.Seen.Last().Headers.Keys);
        using var locked = await app.Http.PutAsJsonAsync("/api/cache/switch", new { enabled = false });
        Assert.Equal(HttpStatusCode.Conflict, locked.StatusCode); // this fixture's command line says on
    }

    [Fact]
    public async Task RandomOrFailedAnswers_AreNotKept()
    {
        await app.AddRunningAsync("never");
        await app.AddRunningAsync("off", runtime => runtime.CacheMode = "off");
        Assert.Equal("BYPASS", Word(await SendAsync(ProxyFixture.Chat("never"))));
        Assert.Null(Word(await SendAsync(Body("off", "q"))));
        Assert.Equal("MISS", Word(await SendAsync(Body("never", "breaks"), "die-before")));
        (await SendAsync(Body("never", "fails"), "status:500")).Dispose();
        Assert.Equal("MISS", Word(await SendAsync(Body("never", "fails"), "status:500")));
        (await SendAsync(Body("never", "truncated", stream: true), "truncate")).Dispose();
        Assert.Equal("MISS", Word(await SendAsync(Body("never", "truncated", stream: true), "truncate")));
        Assert.Equal(0, (await app.GetAsync("/api/cache?model=never")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Invalidation_ByPromptModelAndAge()
    {
        await app.AddRunningAsync("gone");
        foreach (var prompt in new[] { "a", "b", "c" })
            (await SendAsync($$"""{"model":"gone","prompt":"{{prompt}}","seed":1}""", path: "/v1/completions")).Dispose();
        await StoredAsync("gone", 3);
        Assert.Equal(1, await RemovedAsync("?model=gone&prompt=a"));
        var hash = (await app.GetAsync("/api/cache?model=gone")).GetProperty("items")[0].GetProperty("prompt_hash").GetString();
        Assert.Equal(1, await RemovedAsync($"?prompt={hash}"));
        Assert.Equal(0, await RemovedAsync("?model=gone&older_than=2001-01-01T00:00:00Z"));
        Assert.Equal(1, await RemovedAsync($"?model=gone&older_than={app.Now + 1000}"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Http.DeleteAsync("/api/cache?older_than=soon")).StatusCode);
    }

    [Fact]
    public async Task Cleanup_RemovesExpired_ThenTheLeastRecentlyHit()
    {
        var store = app.Services.GetRequiredService<CacheStore>();
        await store.InvalidateAsync(null, null, null, CancellationToken.None);
        var writer = app.Services.GetRequiredService<DatabaseWriter>();
        await writer.ExecuteAsync(
            (context, _) =>
            {
                context.Add(Row("expired", 10, hit: app.Now, expires: 1));
                for (var i = 0; i < 30; i++)
                    context.Add(Row($"row{i}", 60_000, hit: 1000 + i));
                return Task.CompletedTask;
            }
        );
        Assert.Equal(1 + 15, await store.CleanUpAsync(CancellationToken.None));
        Assert.Null(await store.FindAsync("row14", CancellationToken.None));
        Assert.NotNull(await store.FindAsync("row15", CancellationToken.None));
        var figures = await app.GetAsync("/api/cache/stats");
        Assert.Equal(15 * 60_000, figures.GetProperty("size_bytes").GetInt64());
        await store.AddAsync(
            new CacheRow
            {
                CacheKey = "wide",
                ModelPath = "wide",
                Prompt = "ü",
                ResponseJson = new string('ü', 100),
            },
            CancellationToken.None
        );
        await store.AddAsync(
            new CacheRow
            {
                CacheKey = "wide",
                ModelPath = "wide",
                Prompt = "ü",
                ResponseJson = new string('ü', 150),
            },
            CancellationToken.None
        );
        Assert.Equal(302, (await app.GetAsync("/api/cache?model=wide")).GetProperty("items")[0].GetProperty("size_bytes").GetInt64());
        Assert.Equal((15 * 60_000) + 302, (await app.GetAsync("/api/cache/stats")).GetProperty("size_bytes").GetInt64());
        await store.InvalidateAsync(null, null, null, CancellationToken.None);
    }

    [Fact]
    public async Task LockedDatabase_FailsNoRequest()
    {
        await app.AddRunningAsync("locked");
        (await SendAsync(Body("locked", "warm"))).Dispose();
        await StoredAsync("locked", 1);
        // its own: a pooled one would carry the transaction on
        using var connection = SqliteSetup.Open(app.Services.GetRequiredService<DataFolder>().Database);
        SqliteSetup.Execute(connection, "BEGIN EXCLUSIVE");
        using var answer = await SendAsync(Body("locked", "while locked"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        SqliteSetup.Execute(connection, "ROLLBACK");
    }

    private async Task PatchAsync(long model, string section, string body)
    {
        using var answer = await app.Http.PatchAsync(
            $"/api/models/{model}/config/{section}",
            new StringContent(body, null, "application/json")
        );
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string Body(string model, string text, bool stream = false) =>
        JsonSerializer.Serialize(
            new
            {
                model,
                stream,
                temperature = 0,
                messages = new[] { new { role = "user", content = text } },
            }
        );

    private static string? Word(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("X-Llama-Cache", out var values) ? values.Single() : null;

    private static CacheRow Row(string key, int size, long hit, long? expires = null) =>
        new()
        {
            CacheKey = key,
            ModelPath = "big",
            ResponseJson = new string('x', size),
            CreatedAt = 1,
            LastHitAt = hit,
            ExpiresAt = expires,
        };

    private Task StoredAsync(string model, int count) =>
        Until.TrueAsync(
            async () => (await app.GetAsync($"/api/cache?model={model}")).GetProperty("items").GetArrayLength() >= count,
            "the answers are kept"
        );

    private async Task<int> RemovedAsync(string query) =>
        (await (await app.Http.DeleteAsync("/api/cache" + query)).Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("removed")
            .GetInt32();

    private async Task<HttpResponseMessage> SendAsync(string body, string? stub = null, string? control = null, string path = Path)
    {
        var request = ProxyFixture.Post(path, body, stub);
        if (control is not null)
            request.Headers.CacheControl = CacheControlHeaderValue.Parse(control);
        return await app.Http.SendAsync(request);
    }
}
