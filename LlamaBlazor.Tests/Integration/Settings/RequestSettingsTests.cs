using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Settings;

/// <summary>What is kept of requests, set where nothing outside says it.</summary>
public sealed class RequestSettingsTests : IAsyncLifetime
{
    private const string Path = "/api/request-settings";

    private readonly ProxyFixture _app = new();

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Defaults_AreThoseOfTheConfiguration() =>
        Assert.Equal(
            """{"store_prompts":"preview","cache_ttl_seconds":604800,"cache_max_size_mb":100,"locked":[]}""",
            (await _app.GetAsync(Path)).GetRawText()
        );

    [Fact]
    [EffectOf("LlamaBlazor:Security:StorePrompts")]
    public async Task Privacy_CountsForTheNextRequest_AndAfterARestart()
    {
        await _app.AddRunningAsync("m");
        Assert.NotNull((await _app.RowAsync(await AskAsync())).PromptPreview);
        await PatchAsync(new { store_prompts = "none" }, HttpStatusCode.OK);
        Assert.Null((await _app.RowAsync(await AskAsync())).PromptPreview);
        var next = new ConfigurationBuilder().Add(new SavedConfiguration()).Build(); // as the next run reads it
        SavedSettings.ReadEarly(_app.Services.GetRequiredService<DataFolder>().Database, next);
        Assert.Equal("none", new SettingValues(next)["LlamaBlazor:Security:StorePrompts"].Text);
    }

    [Fact]
    public async Task BeforeTheDatabaseIsRead_NothingIsKept()
    {
        await PatchAsync(new { store_prompts = "full" }, HttpStatusCode.OK);
        using var early = Unread(_app.Services);
        Assert.True(early.Current.KeepsNothing); // it might be what was saved
    }

    [Fact]
    [EffectOf("LlamaBlazor:Cache:TtlSeconds")]
    [EffectOf("LlamaBlazor:Cache:MaxSizeMb")]
    public async Task ShorterLife_CountsForNewAnswers_LessRoom_AtOnce()
    {
        await _app.AddRunningAsync("m", runtime => runtime.CacheMode = "on");
        await PatchAsync(new { cache_ttl_seconds = 60, cache_max_size_mb = 4 }, HttpStatusCode.OK);
        for (var i = 0; i < 3; i++)
            await AskAsync(new string((char)('a' + i), 700_000), "full");
        await Until.TrueAsync(
            async () => (await _app.GetAsync("/api/cache/stats")).GetProperty("entries").GetInt32() == 3,
            "three answers are kept"
        );
        var item = (await _app.GetAsync("/api/cache")).GetProperty("items")[0];
        Assert.Equal(60_000, item.GetProperty("expires_at").GetInt64() - item.GetProperty("created_at").GetInt64());
        var answer = await PatchAsync(new { cache_max_size_mb = 1 }, HttpStatusCode.OK);
        Assert.Equal(1, answer.GetProperty("cache_max_size_mb").GetInt32());
        await Until.TrueAsync(
            async () =>
                (await _app.GetAsync("/api/cache/stats")) is var stats
                && stats.GetProperty("size_bytes").GetInt64() <= stats.GetProperty("max_bytes").GetInt64()
                && stats.GetProperty("entries").GetInt32() > 0,
            "the oldest answers have left"
        );
    }

    [Fact]
    public async Task BadValues_AreAllNamed_AndNothingIsSaved()
    {
        var before = (await _app.GetAsync(Path)).GetRawText();
        await RefusedAsync(
            new
            {
                store_prompts = "some",
                cache_ttl_seconds = -1,
                cache_max_size_mb = 0,
            },
            "cache_max_size_mb",
            "cache_ttl_seconds",
            "store_prompts"
        );
        await RefusedAsync(
            new
            {
                store_prompts = 1,
                cache_ttl_seconds = "long",
                cache_max_size_mb = 1.5,
                other = 1,
            },
            "cache_max_size_mb",
            "cache_ttl_seconds",
            "other",
            "store_prompts"
        );
        await RefusedAsync(new[] { 1 }, "body");
        Assert.Equal(before, (await _app.GetAsync(Path)).GetRawText());
    }

    [Fact]
    public async Task EditOfAStaleState_IsAConflict()
    {
        var store = _app.Services.GetRequiredService<RequestKeepingAccess>();
        var seen = store.Current;
        await PatchAsync(new { cache_ttl_seconds = 5 }, HttpStatusCode.OK);
        var saved = await store.SaveAsync(keeping => keeping with { StorePrompts = "full" }, seen);
        Assert.Contains("elsewhere", saved.Failure?.Message);
        Assert.Equal(new RequestKeeping("preview", 5, 100), store.Current);
    }

    [Fact]
    public async Task WhatAnImportWrites_Counts_AndWhatIsNoSettingDoesNot()
    {
        var store = _app.Services.GetRequiredService<RequestKeepingAccess>();
        Assert.Equal("preview", store.Current.StorePrompts);
        await _app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context.AddRange(
                        new ConfigRow
                        {
                            Key = "privacy.store_prompts",
                            Value = "\"none\"",
                            ValueType = "str",
                        },
                        new ConfigRow
                        {
                            Key = "cache.ttl_seconds",
                            Value = "-7",
                            ValueType = "int",
                        },
                        new ConfigRow
                        {
                            Key = "cache.max_size_mb",
                            Value = "nonsense",
                            ValueType = "json",
                        }
                    );
                    return Task.CompletedTask;
                }
            );
        _app.Services.GetRequiredService<Broadcast<PreferencesChanged>>().Publish(new PreferencesChanged());
        Assert.Equal(new RequestKeeping("none", 604_800, 100), store.Current);
    }

    [Fact]
    public async Task Changes_AreAudited()
    {
        await PatchAsync(new { store_prompts = "full" }, HttpStatusCode.OK);
        await using var context = await _app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        await Until.TrueAsync(
            async () =>
                await context.Set<AuditRow>().AnyAsync(row => row.Action == "request_settings_changed" && row.Details!.Contains("full")),
            "the note"
        );
    }

    // As in a start that could not read the database yet.
    internal static RequestKeepingAccess Unread(IServiceProvider services) =>
        ActivatorUtilities.CreateInstance<RequestKeepingAccess>(
            services,
            ActivatorUtilities.CreateInstance<SavedSettings>(services, new SavedConfiguration()),
            new DatabaseState()
        );

    private async Task<string> AskAsync(string prompt = "My secret", string? level = null)
    {
        if (level is not null)
            await PatchAsync(new { store_prompts = level }, HttpStatusCode.OK);
        using var answer = await _app.Http.SendAsync(
            ProxyFixture.Post(
                "/v1/completions",
                JsonSerializer.Serialize(
                    new
                    {
                        model = "m",
                        prompt,
                        temperature = 0,
                    }
                )
            )
        );
        Assert.True(answer.IsSuccessStatusCode);
        return answer.Headers.GetValues("X-Request-Id").Single();
    }

    private async Task RefusedAsync(object body, params string[] fields) =>
        Assert.Equal(
            fields,
            (await PatchAsync(body, HttpStatusCode.UnprocessableEntity))
                .GetProperty("errors")
                .EnumerateObject()
                .Select(error => error.Name)
                .Order()
        );

    private async Task<JsonElement> PatchAsync(object body, HttpStatusCode expected)
    {
        using var answer = await _app.Http.PatchAsync(new Uri(Path, UriKind.Relative), JsonContent.Create(body));
        Assert.True(expected == answer.StatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}

/// <summary>The same where the command line says it.</summary>
public sealed class LockedRequestSettingsTests : AppFixture
{
    public LockedRequestSettingsTests() => With("LlamaBlazor:Security:StorePrompts", "full");

    [Fact]
    public async Task LockedSetting_CannotBeChanged_TheOthersCan()
    {
        Assert.Equal(
            "store_prompts",
            Assert.Single((await GetAsync("/api/request-settings")).GetProperty("locked").EnumerateArray()).GetString()
        );
        using var locked = await Http.PatchAsJsonAsync("/api/request-settings", new { store_prompts = "none", cache_ttl_seconds = 9 });
        Assert.Equal(HttpStatusCode.Conflict, locked.StatusCode);
        Assert.Contains("LLAMABLAZOR__SECURITY__STOREPROMPTS", await locked.Content.ReadAsStringAsync());
        using var other = await Http.PatchAsJsonAsync("/api/request-settings", new { store_prompts = "full", cache_ttl_seconds = 9 });
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        var answer = await GetAsync("/api/request-settings");
        Assert.Equal(("full", 9), (answer.GetProperty("store_prompts").GetString(), answer.GetProperty("cache_ttl_seconds").GetInt32()));
        // said outside: nothing to wait for
        Assert.Equal("full", RequestSettingsTests.Unread(Services).Current.StorePrompts);
    }
}
