using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Logs;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>Backup, restore, import, export and retention over the real program and a real file.</summary>
public sealed class DatabaseOperationsTests : IAsyncLifetime
{
    private readonly AppFixture _app = new();

    private string Database => _app.Services.GetRequiredService<DataFolder>().Database;

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Restore_BringsBackWhatWas_WithASafetyCopy_WhileReadersWork()
    {
        await SetAsync("state", "before");
        var backup = (await PostAsync("/api/database/backup")).GetProperty("name").GetString()!;
        await SetAsync("state", "after");
        using var reading = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => ReadUntilAsync(reading.Token)).ToArray();
        var report = await PostAsync("/api/database/restore", new { name = backup });
        await reading.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal("before", await GetAsync("state"));
        Assert.StartsWith("llama-dashboard-before-restore-", report.GetProperty("name").GetString());
        await SetAsync("state", "writable again");
        Assert.Equal("writable again", await GetAsync("state"));
        Assert.True((await PostAsync("/api/database/check")).GetProperty("ok").GetBoolean());
        var second = await PostAsync("/api/database/restore", new { name = report.GetProperty("name").GetString() });
        Assert.Equal("after", await GetAsync("state")); // the safety copy is a way back
        Assert.NotNull(second.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("nothing.db", HttpStatusCode.NotFound)]
    [InlineData("../llama-dashboard.db", HttpStatusCode.NotFound)]
    [InlineData("llama-dashboard-manual-20250101-000000000.db", HttpStatusCode.NotFound)]
    public async Task Restore_OfWhatIsNoBackup_IsRefused(string name, HttpStatusCode status) =>
        Assert.Equal(status, (await _app.Http.PostAsJsonAsync("/api/database/restore", new { name })).StatusCode);

    [Fact]
    public async Task Restore_OfBadFiles_IsRefused_AndTheDatabaseStays()
    {
        await SetAsync("state", "mine");
        var good = _app.Folder.File("good.db");
        await _app.Services.GetRequiredService<DatabaseOperations>().ExportAsync(good);
        var bytes = await File.ReadAllBytesAsync(good);
        var truncated = _app.Folder.File("truncated.db");
        await File.WriteAllBytesAsync(truncated, bytes[..(bytes.Length / 2)]);
        var corrupt = _app.Folder.File("corrupt.db");
        Array.Fill(bytes, (byte)0xAB, 4096 * 3, 4096 * 20);
        await File.WriteAllBytesAsync(corrupt, bytes);
        var newer = _app.Folder.File("newer.db");
        File.Copy(good, newer);
        using (var connection = SqliteSetup.Open(newer))
            SqliteSetup.Execute(
                connection,
                "INSERT INTO __EFMigrationsHistory VALUES ('29991231000000_FromTheFuture', '99.0'); PRAGMA wal_checkpoint(TRUNCATE);"
            );
        var text = _app.Folder.File("text.db");
        await File.WriteAllTextAsync(text, "hello");
        var foreign = LegacyFixtures.Write(_app.Folder.File("foreign.db"), "CREATE TABLE a (b)");
        foreach (
            var (path, words) in new[]
            {
                (truncated, ""),
                (corrupt, ""),
                (newer, "newer version"),
                (text, "not an SQLite database"),
                (foreign, "not made by this dashboard"),
            }
        )
        {
            var answer = await UploadAsync("/api/database/restore", path);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(words, await answer.Content.ReadAsStringAsync());
        }

        Assert.Equal("mine", await GetAsync("state"));
        Assert.Empty(Directory.EnumerateFiles(_app.Services.GetRequiredService<DataFolder>().Backups, ".*"));
    }

    [Fact]
    public async Task Restore_WhileModelsRun_IsRefused()
    {
        var name = (await PostAsync("/api/database/backup")).GetProperty("name").GetString();
        _app.Services.GetRequiredService<InstanceRegistry>()
            .Publish(
                new InstanceSnapshot
                {
                    Id = 1,
                    ModelId = 1,
                    Model = "busy",
                    Phase = LlamaBlazor.Domain.Instances.InstancePhase.Running,
                }
            );
        var answer = await _app.Http.PostAsJsonAsync("/api/database/restore", new { name });
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("busy", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Export_ThenImport_ReplacesOrMerges()
    {
        await AddModelAsync("one");
        var exported = _app.Folder.File("exported.db");
        await File.WriteAllBytesAsync(exported, await _app.Http.GetByteArrayAsync("/api/database/export"));
        using (var connection = SqliteSetup.Open(exported))
            SqliteSetup.Execute(
                connection,
                "UPDATE models SET notes = 'theirs'; INSERT INTO models (uid, name, type, status, role, favorite, file_missing, "
                    + "fit_params_available, created_at, updated_at, revision) VALUES ('u2', 'two', 'llama', 'running', 'model', 0, "
                    + "0, 0, 1, 1, 0); INSERT INTO model_sampling_config (model_id, temperature, created_at, updated_at, revision) "
                    + "SELECT id, 0.25, 1, 1, 0 FROM models WHERE name = 'two'; INSERT INTO model_aliases (name, model_id, "
                    + "created_at, updated_at) SELECT 'deux', id, 1, 1 FROM models WHERE name = 'two'; "
                    + "UPDATE models SET hf_token = 'protected:of-another-installation' WHERE name = 'two'; "
                    + "PRAGMA wal_checkpoint(TRUNCATE);"
            );
        var merged = await (await UploadAsync("/api/database/import?mode=merge", exported)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("two", Assert.Single(merged.GetProperty("added").EnumerateArray()).GetString());
        Assert.Equal("one", Assert.Single(merged.GetProperty("kept").EnumerateArray()).GetString());
        Assert.Equal("two: hf_token", Assert.Single(merged.GetProperty("unreadable_secrets").EnumerateArray()).GetString());
        Assert.Equal(
            "two",
            Value("SELECT m.name FROM model_aliases a JOIN models m ON m.id = a.model_id WHERE a.name = 'deux' AND m.hf_token IS NULL")
        );
        Assert.Null(Value("SELECT notes FROM models WHERE name = 'one'"));
        Assert.Equal(
            ("stopped", 0.25),
            (
                Value("SELECT status FROM models WHERE name = 'two'"),
                Value("SELECT temperature FROM model_sampling_config s JOIN models m ON m.id = s.model_id WHERE m.name = 'two'")
            )
        );
        Assert.Equal(HttpStatusCode.OK, (await UploadAsync("/api/database/import", exported)).StatusCode);
        Assert.Equal("theirs", Value("SELECT notes FROM models WHERE name = 'one'"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await UploadAsync("/api/database/import?mode=mix", exported)).StatusCode);
    }

    [Fact]
    public async Task Backups_ArePrivate_Sound_AndAtMostFiveOfAKind()
    {
        for (var i = 0; i < 7; i++)
            await PostAsync("/api/database/backup");
        var backups = (await _app.GetAsync("/api/database/backups"))
            .GetProperty("items")
            .EnumerateArray()
            .Select(item => item.GetProperty("name").GetString()!)
            .ToList();
        Assert.Equal(DatabaseBackup.Kept, backups.Count);
        Assert.Equal(backups.OrderDescending(), backups);
        var path = Path.Combine(_app.Services.GetRequiredService<DataFolder>().Backups, backups[0]);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task Care_Works_AndStatsTell()
    {
        Assert.True((await PostAsync("/api/database/vacuum")).GetProperty("size_bytes").GetInt64() > 0);
        await PostAsync("/api/database/analyze");
        var stats = await _app.GetAsync("/api/database");
        Assert.Equal("wal", stats.GetProperty("journal_mode").GetString());
        Assert.Equal("2.0", stats.GetProperty("schema_version").GetString());
        Assert.True(stats.GetProperty("migrations").GetArrayLength() > 0);
        var logs = stats.GetProperty("tables").EnumerateArray().Single(table => table.GetProperty("name").GetString() == "logs");
        Assert.Equal((30, 100_000), (logs.GetProperty("days").GetInt32(), logs.GetProperty("max_rows").GetInt32()));
    }

    [Fact]
    public async Task Retention_RemovesByAgeAndRows_AsSet()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await _app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context
                        .Set<LogRow>()
                        .AddRange(
                            Enumerable
                                .Range(0, 12_000)
                                .Select(i => new LogRow
                                {
                                    Level = "info",
                                    Source = "server",
                                    Message = $"{i}",
                                    Timestamp = now - i,
                                    CreatedAt = now,
                                })
                        );
                    context
                        .Set<LogRow>()
                        .Add(
                            new LogRow
                            {
                                Level = "info",
                                Source = "server",
                                Message = "ancient",
                                Timestamp = now - (31L * 86_400_000),
                                CreatedAt = now,
                            }
                        );
                    return Task.CompletedTask;
                }
            );
        await PostAsync("/api/database/prune");
        Assert.Null(Value("SELECT 1 FROM logs WHERE message = 'ancient'"));
        Assert.True((long)Value("SELECT count(*) FROM logs")! >= 12_000);
        var saved = await _app.Http.PutAsJsonAsync("/api/database/retention/logs", new { days = 7, rows = 100 });
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        await PostAsync("/api/database/prune");
        Assert.InRange((long)Value("SELECT count(*) FROM logs")!, 100, 150); // and what was logged meanwhile
        Assert.NotNull(Value("SELECT 1 FROM logs WHERE message = '0'"));
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await _app.Http.PutAsJsonAsync("/api/database/retention/logs", new { days = -1 })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await _app.Http.PutAsJsonAsync("/api/database/retention/models", new { days = 1 })).StatusCode
        );
    }

    private async Task ReadUntilAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
            Assert.Equal(HttpStatusCode.OK, (await _app.Http.GetAsync("/api/logs?limit=5", CancellationToken.None)).StatusCode);
    }

    private async Task<JsonElement> PostAsync(string path, object? body = null)
    {
        var answer = body is null ? await _app.Http.PostAsync(path, null) : await _app.Http.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpResponseMessage> UploadAsync(string path, string file)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(file)), "file", Path.GetFileName(file) },
        };
        return await _app.Http.PostAsync(path, form);
    }

    private Task SetAsync(string key, string value) =>
        _app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                async (context, token) =>
                {
                    await context.Metadata.Where(row => row.Key == key).ExecuteDeleteAsync(token);
                    context.Metadata.Add(new MetadataRow { Key = key, Value = value });
                }
            );

    private async Task<string?> GetAsync(string key)
    {
        await using var context = await _app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        return await context.Metadata.Where(row => row.Key == key).Select(row => row.Value).FirstOrDefaultAsync();
    }

    private Task AddModelAsync(string name) =>
        _app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context.Models.Add(
                        new LlamaBlazor.Domain.Models.Model
                        {
                            Uid = "u1",
                            Name = name,
                            Type = "llama",
                        }
                    );
                    return Task.CompletedTask;
                }
            );

    private object? Value(string sql)
    {
        using var connection = SqliteSetup.Open(Database);
        return SqliteSetup.Scalar(connection, sql) is var value and not DBNull ? value : null;
    }
}
