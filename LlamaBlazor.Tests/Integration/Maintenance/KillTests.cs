using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>The program killed in the middle of one long operation: afterwards all of it was done or nothing, and the next start
/// works.</summary>
public sealed class KillTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Database => _folder.File("llama-dashboard.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)] // while the backup before it is made
    [InlineData(false)] // after its first step
    public async Task Migration_GoesOnAtTheNextStart(bool early)
    {
        await MakeOldAsync();
        using (var program = new ProgramProcess(_folder.Path))
        {
            await Until.TrueAsync(
                () =>
                    early
                        ? Directory.Exists(_folder.File("backups")) && Directory.EnumerateFiles(_folder.File("backups")).Any()
                        : Number("SELECT count(*) FROM __EFMigrationsHistory") > 1,
                "the migration to begin"
            );
            await program.KillAsync();
        }

        CheckSound();
        Assert.Equal(20_000L, Number("SELECT count(*) FROM logs WHERE category = 'bulk'"));
        using var again = new ProgramProcess(_folder.Path);
        await again.WaitReadyAsync();
        Assert.Equal(20_000L, Number("SELECT count(*) FROM logs WHERE category = 'bulk'"));
        Assert.Equal(DatabaseCandidate.KnownMigrations.Order(), Read("SELECT MigrationId FROM __EFMigrationsHistory ORDER BY 1"));
        Assert.All(
            Directory.EnumerateFiles(_folder.File("backups"), "*before-migration*.db"),
            path => Assert.Equal(20_000L, Number("SELECT count(*) FROM logs", path))
        );
    }

    [Fact]
    public async Task Recover_LeavesTheOldOrTheNew()
    {
        using (var program = await StartAsync())
        {
            AddLogs(20_000, isDue: false);
            await SetAsync(program, "before");
            Assert.True((await program.Http.PostAsync("/api/database/backup", null)).IsSuccessStatusCode);
            AddLogs(500, isDue: false);
            await SetAsync(program, "after");
            await KillInAsync(program, await BeginAsync(program, "/api/database/recover?background=true", null), "Copying over");
        }

        CheckSound();
        var states = new[] { ("before", 20_000L), ("after", 20_500L) };
        Assert.Contains((State(), Number("SELECT count(*) FROM logs WHERE category = 'bulk'")), states);
        using var again = await StartAsync();
        Assert.True((await again.Http.PostAsync("/api/database/recover", null)).IsSuccessStatusCode);
        // the newest sound one may be the safety copy of the run that was killed
        Assert.Contains((State(), Number("SELECT count(*) FROM logs WHERE category = 'bulk'")), states);
    }

    [Fact]
    public async Task Prune_TakesWholeSteps_AndNothingThatIsKept()
    {
        const int Step = 5000;
        using (var program = await StartAsync())
        {
            AddLogs(8 * Step, isDue: true);
            AddLogs(300, isDue: false);
            await KillInAsync(program, await BeginAsync(program, "/api/database/prune?background=true", null), "Pruning logs");
        }

        CheckSound();
        Assert.Equal(0, Number("SELECT count(*) FROM logs WHERE category = 'bulk' AND timestamp = 1") % Step);
        Assert.Equal(300L, Number("SELECT count(*) FROM logs WHERE category = 'bulk' AND timestamp > 1"));
        using var again = await StartAsync();
        Assert.True((await again.Http.PostAsync("/api/database/prune", null)).IsSuccessStatusCode);
        Assert.Equal(300L, Number("SELECT count(*) FROM logs WHERE category = 'bulk'"));
    }

    [Fact]
    public async Task ImportOfSettings_BringsAllModels_OrNone()
    {
        var document = new
        {
            format = "llamablazor-settings",
            version = 1,
            preferences = new { marked = true },
            models = Enumerable
                .Range(0, 300)
                .Select(i => new
                {
                    name = $"model-{i}",
                    aliases = new[] { new { name = $"alias-{i}" } },
                    sections = new { sampling = new { values = new { temperature = 0.5 } } },
                }),
        };
        using (var program = await StartAsync())
            await KillInAsync(
                program,
                await BeginAsync(program, "/api/database/settings/import?background=true", JsonContent.Create(new { document })),
                "Taking models"
            );
        CheckSound();
        var came = Number("SELECT count(*) FROM models");
        Assert.Contains(came, new[] { 0L, 300L });
        Assert.Equal(
            (came, came / 300),
            (Number("SELECT count(*) FROM model_aliases"), Number("SELECT count(*) FROM config WHERE key = 'marked'"))
        );
        using var again = await StartAsync();
        Assert.True((await again.Http.PostAsJsonAsync("/api/database/settings/import", new { document })).IsSuccessStatusCode);
        Assert.Equal(
            (300L, 300L, 300L),
            (
                Number("SELECT count(*) FROM models"),
                Number("SELECT count(*) FROM model_aliases"),
                Number("SELECT count(*) FROM model_sampling_config WHERE temperature = 0.5")
            )
        );
    }

    [Fact]
    public async Task FirstImportOfAnOldDatabase_BringsAllOfIt_OrNothing()
    {
        using var outside = new TempFolder();
        var old = LegacyFixtures.Write(
            outside.File("old.db"),
            LegacyFixtures.WideV1
                + "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 609) INSERT INTO models (id, name, "
                + "ctx_size, temperature) SELECT i, 'many-' || i, 4096, 0.25 FROM n;"
        );
        using (var program = await StartAsync())
            await KillInAsync(
                program,
                await BeginAsync(program, "/api/database/import-legacy?background=true", Form(old)),
                "Reading models"
            );
        CheckSound();
        Assert.Contains(Number("SELECT count(*) FROM models WHERE name LIKE 'many-%'"), new[] { 0L, 600L });
        Assert.Equal(Number("SELECT count(*) > 0 FROM models"), Number("SELECT count(*) > 0 FROM import_leftovers"));
        using var again = await StartAsync();
        Assert.True((await again.Http.PostAsync("/api/database/import-legacy", Form(old))).IsSuccessStatusCode);
        Assert.Equal(
            (600L, 600L),
            (
                Number("SELECT count(*) FROM models WHERE name LIKE 'many-%'"),
                Number(
                    "SELECT count(*) FROM model_sampling_config c JOIN models m ON m.id = c.model_id WHERE m.name LIKE 'many-%' AND "
                        + "temperature = 0.25"
                )
            )
        );
        CheckSound();
    }

    private static MultipartFormDataContent Form(string path) =>
        new() { { new ByteArrayContent(File.ReadAllBytes(path)), "file", Path.GetFileName(path) } };

    private static async Task<long> BeginAsync(ProgramProcess program, string path, HttpContent? body)
    {
        var answer = await program.Http.PostAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
    }

    // In that step; or after the end, where a fast machine is there first.
    private static async Task KillInAsync(ProgramProcess program, long id, string step)
    {
        await Until.TrueAsync(
            async () =>
                await program.GetAsync($"/api/database/jobs/{id}") is var job
                && (
                    job.GetProperty("step").GetString()!.StartsWith(step, StringComparison.Ordinal)
                    || job.GetProperty("state").GetString() != "running"
                ),
            step
        );
        await program.KillAsync();
    }

    private static async Task SetAsync(ProgramProcess program, string state) =>
        Assert.True((await program.Http.PutAsJsonAsync("/api/metadata/state", new { value = state })).IsSuccessStatusCode);

    private async Task<ProgramProcess> StartAsync()
    {
        var program = new ProgramProcess(_folder.Path);
        await program.WaitReadyAsync();
        return program;
    }

    private async Task MakeOldAsync()
    {
        var options =
            (DbContextOptions<LlamaDbContext>)DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), Database).Options;
        await using (var context = new LlamaDbContext(options))
            await context.GetService<IMigrator>().MigrateAsync("InitialSchema");
        AddLogs(20_000, isDue: true);
        SqliteConnection.ClearAllPools();
    }

    private void AddLogs(int count, bool isDue)
    {
        using var connection = SqliteSetup.Open(Database);
        var when = isDue ? 1 : TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        SqliteSetup.Execute(
            connection,
            $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) INSERT INTO logs (level, message, "
                + "source, category, timestamp, created_at) SELECT 'info', 'line ' || i || ' ' || hex(randomblob(60)), 'server', "
                + $"'bulk', {when}, {when} FROM n;"
        );
    }

    private void CheckSound()
    {
        using var connection = SqliteSetup.Open(Database);
        Assert.Equal("ok", SqliteSetup.Scalar(connection, "PRAGMA integrity_check"));
        Assert.Empty(SqliteRead.Column(connection, "PRAGMA foreign_key_check"));
    }

    private string State() => Read("SELECT value FROM metadata WHERE key = 'state'")[0].Trim('"');

    private IReadOnlyList<string> Read(string sql)
    {
        using var connection = SqliteSetup.Open(Database);
        return SqliteRead.Column(connection, sql);
    }

    private long Number(string sql, string? path = null)
    {
        using var connection = SqliteSetup.Open(path ?? Database);
        return Convert.ToInt64(SqliteSetup.Scalar(connection, sql));
    }
}
