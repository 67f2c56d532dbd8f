using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Logs;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>A full disk, a read-only one, and another program's lock: clear words, and the database as it was.</summary>
public sealed class FaultTests
{
    [SmallDiskFact]
    public async Task FullDisk_FailsBackupVacuumAndRestore_WithWords_AndWorksAgainWhenThereIsSpace()
    {
        using var disk = new SmallDisk(64);
        await using var app = await StartAsync(disk.Path);
        await BulkAsync(app, 6000);
        var backup = (await (await PostAsync(app, "/api/database/backup")).Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("name")
            .GetString();
        Assert.Equal(0L, Scalar(app, "PRAGMA wal_checkpoint(TRUNCATE)")); // else the file shrinks later and there is space again
        disk.Fill(leave: 512 * 1024);
        foreach (var operation in new[] { "backup", "vacuum", "restore", "recover" })
        {
            var answer = await PostAsync(app, $"/api/database/{operation}", new { name = backup });
            var words = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable, $"{operation}: {answer.StatusCode} {words}");
            Assert.Contains("The database is as it was", words);
            Assert.True(
                words.Contains("disk is full", StringComparison.Ordinal) || words.Contains("No space left", StringComparison.Ordinal),
                $"{operation}: {words}"
            );
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await app.Http.GetAsync("/api/database/export")).StatusCode);
        CheckSound(app);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(disk.Path, "backups"), "*.part*"));
        disk.Free();
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(app, "/api/database/vacuum")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(app, "/api/database/restore", new { name = backup })).StatusCode);
        Assert.Equal(6000L, Scalar(app, "SELECT count(*) FROM logs WHERE category = 'bulk'"));
    }

    [SmallDiskFact]
    public async Task FullDisk_DelaysAMigration_WithWords_AndItIsDoneWhenThereIsSpace()
    {
        using var disk = new SmallDisk(16);
        var database = Path.Combine(disk.Path, "llama-dashboard.db");
        var options =
            (DbContextOptions<LlamaDbContext>)DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), database).Options;
        await using (var context = new LlamaDbContext(options))
            await context.GetService<IMigrator>().MigrateAsync("InitialSchema");
        using (var connection = SqliteSetup.Open(database))
            SqliteSetup.Execute(
                connection,
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000) INSERT INTO logs (level, message, "
                    + "source, timestamp, created_at) SELECT 'info', 'line ' || i || ' ' || hex(randomblob(100)), 'server', i, i FROM n;"
            );
        SqliteConnection.ClearAllPools();
        disk.Fill(leave: 300 * 1024);
        await using var app = new DataApp(disk.Path);
        app.Start();
        await WaitForWordsAsync(app, $"The disk with {database} is full. Free some space");
        using (var connection = SqliteSetup.Open(database))
        {
            Assert.Equal("ok", SqliteSetup.Scalar(connection, "PRAGMA integrity_check"));
            Assert.Equal(8000L, SqliteSetup.Scalar(connection, "SELECT count(*) FROM logs"));
        }

        disk.Free();
        await WaitReadyAsync(app);
        // one, however often it was tried
        Assert.Single(Directory.EnumerateFiles(Path.Combine(disk.Path, "backups"), "*before-migration*.db"));
        Assert.Equal(8000L, Scalar(app, "SELECT count(*) FROM logs WHERE message LIKE 'line %'"));
        CheckSound(app);
    }

    [SmallDiskFact]
    public async Task FirstStartOnAFullDisk_IsToldOnAPage_ThatAsksAgain()
    {
        using var disk = new SmallDisk(3);
        disk.Fill(leave: 0);
        await using var app = new DataApp(disk.Path);
        app.Start();
        await WaitForWordsAsync(app, "is full. Free some space");
        foreach (var path in new[] { "/", "/models" })
        {
            using var page = await app.Http.GetAsync(path);
            var text = await page.Content.ReadAsStringAsync();
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
            Assert.Contains("http-equiv=\"refresh\"", text);
            Assert.Contains("is full. Free some space", text);
        }

        disk.Free();
        await WaitReadyAsync(app);
        using var whole = await app.Http.GetAsync("/models");
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        Assert.Contains("_framework/blazor.web", await whole.Content.ReadAsStringAsync());
    }

    [SmallDiskFact]
    public async Task StartOnAFullDisk_IsToldInEachForm_AndComesBackByItself()
    {
        using var disk = new SmallDisk(32);
        await using (await StartAsync(disk.Path)) { }

        SqliteConnection.ClearAllPools();
        disk.Fill(leave: 0);
        await using var app = new DataApp(disk.Path);
        app.Start();
        await WaitForWordsAsync(app, "is full. Free some space");
        var api = await app.Http.GetAsync("/api/models");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, 2d), (api.StatusCode, api.Headers.RetryAfter?.Delta?.TotalSeconds));
        Assert.Contains("is full. Free some space", (await api.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
        foreach (var path in new[] { "/v1/chat/completions", "/completion", "/upstream/some/health" })
        {
            var answer = await PostAsync(app, path, new { model = "some", messages = Array.Empty<object>() });
            Assert.Equal((HttpStatusCode.ServiceUnavailable, 2d), (answer.StatusCode, answer.Headers.RetryAfter?.Delta?.TotalSeconds));
            var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
            Assert.Equal("not_ready", error.GetProperty("code").GetString());
            Assert.Contains("is full. Free some space", error.GetProperty("message").GetString());
        }

        disk.Free();
        await WaitReadyAsync(app);
        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/api/models")).StatusCode);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await PostAsync(app, "/v1/chat/completions", new { model = "some", messages = Array.Empty<object>() })).StatusCode
        );
        CheckSound(app);
    }

    [SmallDiskFact]
    public async Task EditOnAFullDisk_SaysSo_AndWorksWhenThereIsSpace()
    {
        using var disk = new SmallDisk(32);
        await using var app = await StartAsync(disk.Path);
        disk.Fill(leave: 0);
        var answer = await app.Http.PutAsJsonAsync("/api/metadata/note", new { value = new string('x', 60_000) });
        Assert.Equal(HttpStatusCode.InsufficientStorage, answer.StatusCode);
        Assert.Contains(
            "Nothing was saved. The disk with",
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()
        );
        disk.Free();
        Assert.Equal(HttpStatusCode.OK, (await app.Http.PutAsJsonAsync("/api/metadata/note", new { value = "kept" })).StatusCode);
        Assert.Equal("kept", (await app.GetAsync("/api/metadata/note")).GetProperty("value").GetString());
    }

    [Fact]
    public async Task LockOfAnotherProgram_AnswersAllThatWait_InTheTimeOfOne()
    {
        using var folder = new TempFolder();
        await using var app = await StartAsync(folder.Path);
        using var other = SqliteSetup.Open(Path.Combine(folder.Path, "llama-dashboard.db"));
        SqliteSetup.Execute(other, "BEGIN EXCLUSIVE");
        var started = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => app.Http.PutAsJsonAsync($"/api/metadata/note{i}", new { value = "x" }))
        );
        // one after another they would take 100 seconds
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(25), $"{Stopwatch.GetElapsedTime(started)}");
        foreach (var answer in answers)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Contains(
                "is locked by another program",
                (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()
            );
        }

        SqliteSetup.Execute(other, "ROLLBACK");
        Assert.Equal(HttpStatusCode.OK, (await app.Http.PutAsJsonAsync("/api/metadata/note", new { value = "x" })).StatusCode);
    }

    [SmallDiskFact]
    public async Task ReadOnlyDisk_IsRefusedAtTheStart_WithWords_AndNothingChanges()
    {
        using var disk = new SmallDisk(32);
        await using (var app = await StartAsync(disk.Path))
            await BulkAsync(app, 50);
        SqliteConnection.ClearAllPools();
        disk.SetReadOnly(true);
        Assert.Contains("--data DIR", Assert.Throws<StartupException>(() => DataFolder.Open(disk.Path)).Message);
        disk.SetReadOnly(false);
        await using var again = await StartAsync(disk.Path);
        Assert.Equal(50L, Scalar(again, "SELECT count(*) FROM logs WHERE category = 'bulk'"));
        CheckSound(again);
    }

    [Fact]
    public async Task LockOfAnotherProgram_RefusesWhatWrites_AndNotTheBackup()
    {
        using var folder = new TempFolder();
        await using var app = await StartAsync(folder.Path);
        await BulkAsync(app, 20);
        using (var other = SqliteSetup.Open(Path.Combine(folder.Path, "llama-dashboard.db")))
        {
            SqliteSetup.Execute(other, "BEGIN IMMEDIATE; UPDATE metadata SET value = value;");
            Assert.Equal(HttpStatusCode.OK, (await PostAsync(app, "/api/database/backup")).StatusCode); // reading goes on
            var answer = await PostAsync(app, "/api/database/vacuum");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Contains("another program holds a lock", await answer.Content.ReadAsStringAsync());
            SqliteSetup.Execute(other, "ROLLBACK;");
        }

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(app, "/api/database/vacuum")).StatusCode);
        Assert.Equal(20L, Scalar(app, "SELECT count(*) FROM logs WHERE category = 'bulk'"));
        CheckSound(app);
    }

    private static Task WaitForWordsAsync(AppFixture app, string words) =>
        Until.TrueAsync(
            async () =>
                await app.Http.GetAsync("/readyz") is { StatusCode: HttpStatusCode.ServiceUnavailable } answer
                && (await answer.Content.ReadAsStringAsync()).Contains(words, StringComparison.Ordinal),
            words
        );

    private static Task WaitReadyAsync(AppFixture app) =>
        Until.TrueAsync(async () => (await app.Http.GetAsync("/readyz")).IsSuccessStatusCode, "readyz");

    private static async Task<DataApp> StartAsync(string data)
    {
        var app = new DataApp(data);
        await app.InitializeAsync();
        return app;
    }

    private static Task BulkAsync(AppFixture app, int count) =>
        app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context
                        .Set<LogRow>()
                        .AddRange(
                            Enumerable
                                .Range(0, count)
                                .Select(i => new LogRow
                                {
                                    Level = "info",
                                    Source = "server",
                                    Category = "bulk",
                                    Message = $"{i} {new string((char)('a' + (i % 26)), 900)}",
                                    Timestamp = i,
                                    CreatedAt = i,
                                })
                        );
                    return Task.CompletedTask;
                }
            );

    private static Task<HttpResponseMessage> PostAsync(AppFixture app, string path, object? body = null) =>
        app.Http.PostAsJsonAsync(path, body ?? new { });

    private static void CheckSound(AppFixture app) => Assert.Equal("ok", Scalar(app, "PRAGMA integrity_check"));

    private static object? Scalar(AppFixture app, string sql)
    {
        using var connection = SqliteSetup.Open(app.Services.GetRequiredService<DataFolder>().Database);
        return SqliteSetup.Scalar(connection, sql);
    }

    /// <summary>The program over a folder that outlives it.</summary>
    private sealed class DataApp : AppFixture
    {
        public DataApp(string data) => With("LlamaBlazor:DataDirectory", data);
    }
}
