using System.Diagnostics;
using System.Net.Http.Json;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Settings;

/// <summary>What was saved holds after an update and a restart, and never stands in the way of a start.</summary>
public sealed class SavedSettingsTests : IDisposable
{
    private const string Queue = "LlamaBlazor:Proxy:QueueSize";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RowsOfEarlierVersions_Hold()
    {
        var models = Directory.CreateDirectory(_folder.File("old-models")).FullName;
        await WriteAsync(
            ("server_config", "config", $$"""{"model_directories":["{{models}}"],"engine_path":null,"port_range":"41000-41999"}"""),
            ("config", "privacy.store_prompts", "\"full\""),
            ("config", "cache.ttl_seconds", "60"),
            ("config", "cache.max_size_mb", "7"),
            ("config", "cache.enabled", "true"),
            ("config", "retention.logs", """{"days":null,"rows":5}""")
        );
        await using var app = new BareApp(_folder);
        await app.InitializeAsync();
        var launch = await app.Services.GetRequiredService<LaunchSettingsAccess>().GetAsync();
        Assert.Equal((models, null, "41000-41999"), (launch.ModelDirectories.Single(), launch.EnginePath, launch.PortRange));
        Assert.Equal(new RequestKeeping("full", 60, 7), app.Services.GetRequiredService<RequestKeepingAccess>().Current);
        Assert.True(app.Services.GetRequiredService<CacheSwitchAccess>().IsOn);
        var logs = app.Services.GetRequiredService<RetentionAccess>().List().Single(rule => rule.Table == "logs");
        Assert.Equal((null, 5), (logs.Days, logs.Rows));
        Assert.Equal("saved", (await app.GetAsync("/api/settings/Cache:Enabled")).GetProperty("source").GetString());
    }

    [Fact]
    public async Task WhatCountsAtTheStartOnly_IsReadInTime()
    {
        await WriteAsync(("config", "settings.Ollama:Enabled", "true"), ("config", "settings.Ollama:Port", "0"));
        await using var app = new BareApp(_folder);
        await app.InitializeAsync();
        Assert.NotNull(app.Services.GetRequiredService<LlamaBlazor.Web.Proxy.Ollama.OllamaListener>().Address);
        Assert.False((await app.GetAsync("/api/settings/Ollama:Enabled")).GetProperty("pending_restart").GetBoolean());
    }

    [Fact]
    public async Task WrongSavedValues_DoNotCount_AndAreTold_TheOthersHold()
    {
        await WriteAsync(
            ("config", "settings.Proxy:QueueSize", "0"),
            ("config", "settings.Proxy:QueueWaitSeconds", "9"),
            ("config", "settings.Proxy:LoadingStatus", "{oops"),
            ("config", "settings.Containers:Runtime", "\"/bin/sh\""), // can be set outside only
            ("config", "retention.logs", "[1]"),
            ("server_config", "config", """{"model_directories":"none","port_range":"7-8"}""")
        );
        await using var app = new BareApp(_folder);
        await app.InitializeAsync();
        var queue = await app.GetAsync($"/api/settings/{Queue}");
        Assert.Equal((64, "default"), (queue.GetProperty("value").GetInt32(), queue.GetProperty("source").GetString()));
        Assert.StartsWith($"{Queue} is '0'. It must be", queue.GetProperty("problem").GetString());
        Assert.Equal(9, (await app.GetAsync("/api/settings/Proxy:QueueWaitSeconds")).GetProperty("value").GetInt32());
        Assert.Contains("JSON", (await app.GetAsync("/api/settings/Proxy:LoadingStatus")).GetProperty("problem").GetString());
        Assert.Equal("default", (await app.GetAsync("/api/settings/Containers:Runtime")).GetProperty("source").GetString());
        Assert.Equal("40000-40999", (await app.GetAsync("/api/settings/PortRange")).GetProperty("value").GetString());
        Assert.Equal(30, (await app.GetAsync("/api/settings/Retention:logs:Days")).GetProperty("value").GetInt32());
        using var mended = await app.Http.PutAsJsonAsync("/api/settings", new Dictionary<string, object> { [Queue] = 5 });
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await app.GetAsync($"/api/settings/{Queue}")).GetProperty("problem").ValueKind);
    }

    [Fact]
    public async Task FileDoesNotLock_TheSavedValueWins_AndTheEnvironmentWinsOverIt()
    {
        await WriteAsync(("config", "settings.Proxy:QueueSize", "7"));
        var database = DataFolder.Peek(_folder.File("data")).Database;
        var saved = new SavedConfiguration();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new(Queue, "5"), new("LlamaBlazor:ModelDirectories:1", "/file")])
            .Add(saved)
            .AddCommandLine(["--LlamaBlazor:Proxy:QueueWaitSeconds=3"])
            .Build();
        SavedSettings.ReadEarly(database, configuration);
        using var values = new SettingValues(configuration);
        Assert.Equal(("7", SettingSource.Saved), (values[Queue].Text, SettingSources.Of(configuration, Queue)));
        saved.Replace(new Dictionary<string, SettingValue> { ["LlamaBlazor:ModelDirectories"] = new SettingValue("/saved") });
        Assert.Equal("5", values[Queue].Text);
        Assert.Equal(["/saved"], values["LlamaBlazor:ModelDirectories"].Items); // alone: not mixed with the file's entries
        Assert.Equal("3", values["LlamaBlazor:Proxy:QueueWaitSeconds"].Text);
    }

    [Theory]
    [InlineData("missing", true)]
    [InlineData("empty", true)]
    [InlineData("garbage", false)]
    [InlineData("folder", false)]
    [InlineData("foreign", false)]
    [InlineData("locked", false)]
    public async Task DatabaseThatCannotBeRead_HoldsNothingUp(string kind, bool isRead)
    {
        var path = _folder.File("x.db");
        SqliteConnection? holder = null;
        switch (kind)
        {
            case "empty":
                await File.WriteAllBytesAsync(path, []);
                break;
            case "garbage":
                await File.WriteAllBytesAsync(path, [.. Enumerable.Repeat((byte)0x5A, 20_000)]);
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "foreign":
                using (var made = SqliteSetup.Open(path))
                    SqliteSetup.Execute(made, "CREATE TABLE config(name TEXT); CREATE TABLE server_config(key TEXT, value TEXT);");
                break;
            case "locked":
                holder = SqliteSetup.Open(path);
                SqliteSetup.Execute(holder, "CREATE TABLE config(key TEXT, value TEXT); CREATE TABLE server_config(key TEXT, value TEXT);");
                SqliteSetup.Execute(holder, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;");
                break;
        }

        var configuration = new ConfigurationBuilder().Add(new SavedConfiguration()).Build();
        var begun = Stopwatch.GetTimestamp();
        SavedSettings.ReadEarly(path, configuration);
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, 5);
        Assert.Equal(isRead, SavedConfiguration.Of(configuration)!.IsRead);
        using var values = new SettingValues(configuration);
        Assert.Equal("64", values[Queue].Text);
        holder?.Dispose();
    }

    [Fact]
    public async Task WrongValue_OfAFileThatIsEdited_DoesNotCount_AndTheNextRightOneDoes()
    {
        var file = _folder.File("settings.json");
        async Task SetAsync(IConfigurationRoot root, string json)
        {
            await File.WriteAllTextAsync(file, "{\"LlamaBlazor\":{\"Security\":{\"StorePrompts\":" + json + "}}}");
            root.Reload();
        }

        await File.WriteAllTextAsync(file, "{}");
        var configuration = new ConfigurationBuilder().AddJsonFile(file).Add(new SavedConfiguration()).Build();
        using var values = new SettingValues(configuration);
        await SetAsync(configuration, "\"none\"");
        Assert.Equal("none", values["LlamaBlazor:Security:StorePrompts"].Text);
        await SetAsync(configuration, "\"nonne\"");
        Assert.Equal("none", values["LlamaBlazor:Security:StorePrompts"].Text); // not the default, which keeps more
        await SetAsync(configuration, "\"full\"");
        Assert.Equal("full", values["LlamaBlazor:Security:StorePrompts"].Text);
    }

    // As they are after a run of an earlier version: by a run of this one, whose schema is the same, and by hand.
    private async Task WriteAsync(params (string Table, string Key, string Value)[] rows)
    {
        await using (var app = new BareApp(_folder))
            await app.InitializeAsync();
        using var connection = SqliteSetup.Open(DataFolder.Peek(_folder.File("data")).Database);
        foreach (var (table, key, value) in rows)
        {
            using var command = connection.CreateCommand();
            command.CommandText =
                table == "config"
                    ? "INSERT INTO config(key, value, value_type, created_at, updated_at) VALUES ($key, $value, 'json', 1, 1)"
                    : "INSERT INTO server_config(key, value, updated_at) VALUES ($key, $value, 1)";
            command.Parameters.AddWithValue("$key", key);
            command.Parameters.AddWithValue("$value", value);
            command.ExecuteNonQuery();
        }
    }

    private sealed class BareApp(TempFolder folder) : AppFixture
    {
        // Nothing but the data folder is said outside.
        protected override void ConfigureWebHost(IWebHostBuilder builder) =>
            builder.UseSetting("LlamaBlazor:DataDirectory", folder.File("data"));
    }
}
