using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Maintenance;

/// <summary>SQL and databases of strangers: what would run for ever is ended, what would run by itself is refused.</summary>
public sealed class ForeignSqlTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const string Counting = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c)";
    private const string Endless = $"{Counting} SELECT count(*) FROM c;\n";

    public static TheoryData<string> EndlessStatements =>
        new()
        {
            Endless,
            $"CREATE TABLE t(a);\nCREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO t {Counting} SELECT x FROM c WHERE x < 0; "
                + "END;\nINSERT INTO t VALUES (1);\n",
            $"CREATE VIEW v AS {Counting} SELECT x FROM c;\nSELECT count(*) FROM v;\n",
        };

    [Theory]
    [MemberData(nameof(EndlessStatements))]
    public async Task EndlessStatement_IsEnded_WhenTheJobIsCancelled(string sql)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(sql)), "file", "endless.sql" } };
        using var started = await app.Http.PostAsync("/api/database/load?background=true", form);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        var job = started.Headers.Location!.ToString();
        await Until.TrueAsync(() => Directory.EnumerateFiles(Backups, ".restore-*.part").Any(), "the statements to run");
        using var cancelled = await app.Http.PostAsync(job + "/cancel", null);
        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        await Until.TrueAsync(async () => (await app.GetAsync(job)).GetProperty("state").GetString() == "cancelled", "the end of the job");
        using var backup = await app.Http.PostAsync("/api/database/backup", null); // nothing holds the database any more
        Assert.Equal(HttpStatusCode.OK, backup.StatusCode);
    }

    [Fact]
    public async Task EndlessStatement_DoesNotOutliveItsProgram()
    {
        using var folder = new TempFolder();
        using var program = new ProgramProcess(folder.File("data"));
        await program.WaitReadyAsync();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(Endless)), "file", "endless.sql" } };
        using var started = await program.Http.PostAsync("/api/database/load?background=true", form);
        await Until.TrueAsync(
            () => Directory.EnumerateFiles(folder.File("data/backups"), ".restore-*.part").Any(),
            "the statements to run"
        );
        var begun = Stopwatch.StartNew();
        using (Process.Start("kill", ["-TERM", program.Pid.ToString()]))
            await program.WaitExitAsync(TimeSpan.FromSeconds(25));
        Assert.True(begun.Elapsed < TimeSpan.FromSeconds(25)); // 31 and more, when nothing ends the statement
    }

    [Theory]
    [InlineData($"CREATE TABLE t(a);\nINSERT INTO t {Counting} SELECT randomblob(1000000) FROM c;\n", "far larger than their text")]
    [InlineData("SELECT zeroblob(900000000);\n", "too big")]
    [InlineData("ATTACH DATABASE 'other.db' AS other;\n", "not authorized")]
    [InlineData("VACUUM INTO 'other.db';\n", "authorization denied")]
    [InlineData("SELECT load_extension('x');\n", "Line 1: ")]
    [InlineData("CREATE TABLE t(a);\nSELECT no_such(1);\n", "Line 2: ")]
    [InlineData("CREATE TABLE t(a", "middle of the statement")]
    public async Task StatementsThatMakeTooMuch_AreRefused(string sql, string words)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(sql)), "file", "large.sql" } };
        using var answer = await app.Http.PostAsync("/api/database/load", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains(words, text);
        Assert.DoesNotContain("Check the space", text);
    }

    [Fact]
    public void SlowStatement_IsEnded_ByItsLimit()
    {
        using var folder = new TempFolder();
        using var connection = SqliteSetup.Open(folder.File("slow.db"));
        using var limits = new SqlLoadLimits(connection, 100, TimeSpan.FromMilliseconds(50), TimeProvider.System, default);
        limits.Begin();
        var ended = Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => SqliteSetup.Execute(connection, Endless));
        Assert.Equal(9, ended.SqliteErrorCode);
        Assert.Contains("Line 7: the statement took more than", Assert.IsType<RefusedSqlException>(limits.Why(7, ended)).Message);
        Assert.Throws<RefusedSqlException>(() => limits.Count(1_000_001, 1));
    }

    [Theory]
    [InlineData("CREATE TRIGGER evil AFTER INSERT ON logs BEGIN INSERT INTO logs_x SELECT 1; END;", "trigger 'evil'")]
    [InlineData("CREATE TRIGGER logs_fts_evil AFTER UPDATE ON models BEGIN DELETE FROM models; END;", "trigger 'logs_fts_evil'")]
    [InlineData("CREATE VIEW evil AS SELECT 1;", "view 'evil'")]
    [InlineData(
        $"DROP VIEW v_active_containers; CREATE VIEW v_active_containers AS {Counting} SELECT x FROM c;",
        "view 'v_active_containers'"
    )]
    [InlineData("CREATE VIRTUAL TABLE evil USING fts5(a);", "virtual table 'evil'")]
    [InlineData("CREATE INDEX evil ON model_aliases(length(hex(zeroblob(9))));", "index 'evil'")]
    [InlineData("CREATE INDEX evil ON logs(id) WHERE length(hex(zeroblob(9))) < 0;", "index 'evil'")]
    [InlineData("CREATE UNIQUE INDEX evil ON models(type);", "index 'evil'")]
    [InlineData("DROP INDEX idx_models_type; CREATE INDEX idx_models_type ON models(type || name);", "index 'idx_models_type'")]
    [InlineData("ALTER TABLE models ADD COLUMN evil AS (name || name);", "column 'evil' of the table 'models'")]
    [InlineData("ALTER TABLE logs ADD COLUMN evil TEXT DEFAULT 'x' CHECK (length(evil) > 0);", "column 'evil' of the table 'logs'")]
    [InlineData("DROP TABLE ignored_files; CREATE TABLE ignored_files(path TEXT CHECK (length(path) > 0));", "table 'ignored_files'")]
    [InlineData("CREATE TABLE evil(a CHECK (length(hex(zeroblob(9))) > 0));", "CHECK of the table 'evil'")]
    [InlineData("CREATE TABLE evil(a, b GENERATED ALWAYS AS (a || a));", "generated column of the table 'evil'")]
    [InlineData("CREATE TABLE evil(a, b as (a || a) STORED);", "generated column of the table 'evil'")]
    [InlineData("CREATE TABLE evil(a DEFAULT /* ( */ (hex(zeroblob(9))));", "DEFAULT expression of the table 'evil'")]
    [InlineData("CREATE TABLE evil(a); CREATE INDEX evil_i ON evil(a || a);", "index 'evil_i'")]
    [InlineData("CREATE TABLE evil(a); CREATE INDEX evil_i ON evil(a) WHERE a > 1;", "index 'evil_i'")]
    [InlineData("CREATE TABLE evil(a REFERENCES models(id));", "table 'evil'")]
    public async Task DatabaseThatRunsStrangeThings_IsRefused_ByItsName(string sql, string words)
    {
        using var folder = new TempFolder();
        var copy = folder.File("copy.db");
        app.Services.GetRequiredService<DatabaseBackup>().CopyTo(copy);
        using (var connection = SqliteSetup.Open(copy))
            SqliteSetup.Execute(connection, sql);
        foreach (var path in new[] { "/api/database/import", "/api/database/import?mode=merge", "/api/database/restore" })
        {
            var bytes = new ByteArrayContent(await File.ReadAllBytesAsync(copy));
            using var form = new MultipartFormDataContent { { bytes, "file", "copy.db" } };
            using var answer = await app.Http.PostAsync(path, form);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(
                words,
                JsonDocument
                    .Parse(await answer.Content.ReadAsStringAsync())
                    .RootElement.GetProperty("errors")
                    .GetProperty("file")[0]
                    .GetString()
            );
        }

        using var live = SqliteSetup.Open(app.Services.GetRequiredService<DataFolder>().Database);
        Assert.NotEqual(0L, SqliteSetup.Scalar(live, "SELECT count(*) FROM sqlite_master WHERE name = 'v_active_containers'"));
        Assert.Equal(0L, SqliteSetup.Scalar(live, "SELECT count(*) FROM sqlite_master WHERE name = 'evil'"));
    }

    [Fact]
    public async Task DatabaseWithPlainTablesOfOthers_IsTaken()
    {
        using var folder = new TempFolder();
        var copy = folder.File("copy.db");
        app.Services.GetRequiredService<DatabaseBackup>().CopyTo(copy);
        using (var connection = SqliteSetup.Open(copy))
            SqliteSetup.Execute(
                connection,
                "CREATE TABLE other(id INTEGER PRIMARY KEY, a TEXT UNIQUE DEFAULT 'CHECK (as)', \"check\" INTEGER NOT NULL DEFAULT 5); "
                    + "CREATE INDEX other_a ON other(a, \"check\" DESC); INSERT INTO other(a) VALUES ('x'); ANALYZE;"
            );
        Assert.True((await DatabaseCandidate.PrepareAsync(copy, default)).IsSuccess);
    }

    [Fact]
    public async Task DatabaseOfEveryOlderVersion_IsTaken()
    {
        using var folder = new TempFolder();
        foreach (var migration in DatabaseCandidate.KnownMigrations)
        {
            var old = folder.File(migration + ".db");
            var options = DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), old).Options;
            using (var context = new LlamaDbContext((DbContextOptions<LlamaDbContext>)options))
                await context.GetService<IMigrator>().MigrateAsync(migration);
            Assert.Equal((migration, null), (migration, (await DatabaseCandidate.PrepareAsync(old, default)).Failure?.Message));
        }
    }

    [Fact]
    public async Task OwnBackup_AndOwnDump_ComeBack()
    {
        var dump = await app.Http.GetByteArrayAsync("/api/database/dump");
        var export = await app.Http.GetByteArrayAsync("/api/database/export");
        foreach (var (path, bytes) in new[] { ("/api/database/load", dump), ("/api/database/import", export) })
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", "own" } };
            using var answer = await app.Http.PostAsync(path, form);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    private string Backups => app.Services.GetRequiredService<DataFolder>().Backups;
}
