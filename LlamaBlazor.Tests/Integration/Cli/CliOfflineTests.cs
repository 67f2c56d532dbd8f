using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Cli;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Tests.Integration.Cli;

/// <summary>Commands that help when no dashboard can run.</summary>
public sealed class CliOfflineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Database => _folder.File("llama-dashboard.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Recover_OfADamagedDatabase_TakesTheNewestSoundBackup_AndKeepsTheDamagedOne()
    {
        await MakeAsync();
        var sound = Directory.GetFiles(_folder.File("backups")).Single();
        // Newer, but not sound; the sound one is made an hour older, since dates in the future are believed of none.
        var made = BackupName.Parse(Path.GetFileName(sound))!;
        var older = Path.Combine(
            _folder.File("backups"),
            $"llama-dashboard-{made.Kind}-{made.CreatedAt.AddHours(-1).ToUniversalTime():yyyyMMdd-HHmmssfff}.db"
        );
        File.Move(sound, older);
        var broken = sound;
        sound = older;
        await File.WriteAllTextAsync(broken, "SQLite format 3\0 and nothing more");
        await File.WriteAllBytesAsync(Database, [.. "SQLite format 3\0"u8, .. new byte[5000]]);
        var damaged = await File.ReadAllBytesAsync(Database);
        var (code, output, error) = await RunAsync("db", "recover");
        Assert.True(code == 0, error);
        Assert.Contains(Path.GetFileName(sound), output);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(Directory.GetFiles(_folder.File("backups"), "damaged-*.db").Single()));
        Assert.Contains($"Passed over: {Path.GetFileName(broken)} (", output);
        using var connection = SqliteSetup.Open(Database);
        Assert.Equal("ok", SqliteSetup.Scalar(connection, "PRAGMA integrity_check"));
        Assert.Equal("yes", Kept());
    }

    [Fact]
    public async Task Recover_WithoutASoundBackup_ChangesNothing()
    {
        await MakeAsync();
        foreach (var backup in Directory.GetFiles(_folder.File("backups")))
            File.Delete(backup);
        await File.WriteAllTextAsync(Database, "damaged");
        var (code, _, error) = await RunAsync("db", "recover");
        Assert.Equal(1, code);
        Assert.Contains("no sound backup", error);
        Assert.Equal("damaged", await File.ReadAllTextAsync(Database));
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("newer")]
    [InlineData("none")]
    public async Task Restore_WithoutADashboard_TakesTheBackup_WhateverIsThere(string there)
    {
        await MakeAsync();
        var backup = Path.GetFileName(Directory.GetFiles(_folder.File("backups")).Single());
        if (there == "damaged")
            await File.WriteAllBytesAsync(Database, [.. "SQLite format 3\0"u8, .. new byte[5000]]);
        else if (there == "none")
            File.Delete(Database);
        else
            Execute(Database, "INSERT INTO __EFMigrationsHistory (MigrationId, ProductVersion) VALUES ('29990101000000_Future', '99')");
        var (code, output, error) = await RunAsync("db", "restore", backup, "--json");
        Assert.True(code == 0, error);
        Assert.Contains(
            there == "damaged" ? "damaged-"
                : there == "newer" ? "before-restore"
                : "null",
            output
        );
        using (var connection = SqliteSetup.Open(Database))
            Assert.Equal("yes", SqliteSetup.Scalar(connection, "SELECT value FROM metadata WHERE key = 'kept'"));
        await using var app = new StartedApp(_folder);
        await app.InitializeAsync();
        Assert.True((await app.Http.GetAsync("/readyz")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Restore_OfWhatIsNoDatabase_LeavesAll()
    {
        await MakeAsync();
        var before = await File.ReadAllBytesAsync(Database);
        await File.WriteAllTextAsync(_folder.File("notes.txt"), "notes");
        Assert.Equal(1, (await RunAsync("db", "restore", _folder.File("notes.txt"))).Code);
        Assert.Equal(1, (await RunAsync("db", "restore", "../llama-dashboard.db")).Code);
        Assert.Equal(before, await File.ReadAllBytesAsync(Database));
        Assert.False(File.Exists(Database + ".part"));
    }

    [Fact]
    public async Task Recover_PassesOverABackupOfANewerVersion()
    {
        await MakeAsync();
        var sound = Directory.GetFiles(_folder.File("backups")).Single();
        var newer = Path.Combine(_folder.File("backups"), "llama-dashboard-manual-29990101-000000000.db");
        File.Copy(sound, newer);
        Execute(newer, "INSERT INTO __EFMigrationsHistory (MigrationId, ProductVersion) VALUES ('29990101000000_Future', '99')");
        var (code, output, error) = await RunAsync("db", "recover");
        Assert.True(code == 0, error);
        Assert.Contains(Path.GetFileName(sound), output);
    }

    [Fact]
    public async Task Recover_TakesWhatARestoreReplaced_OnlyWhenNothingElseIsGood()
    {
        await MakeAsync();
        var sound = Directory.GetFiles(_folder.File("backups")).Single();
        // newer than the backup
        var replaced = Path.Combine(_folder.File("backups"), "llama-dashboard-before-restore-29990101-000000000.db");
        File.Copy(sound, replaced);
        Execute(replaced, "UPDATE metadata SET value = 'unwanted' WHERE key = 'kept'");
        var (code, output, error) = await RunAsync("db", "recover");
        Assert.True(code == 0, error);
        Assert.Contains($"{Path.GetFileName(sound)} was taken: the newest backup that passes its check.", output);
        Assert.Equal("yes", Kept());

        await File.WriteAllTextAsync(sound, "damaged");
        foreach (var copy in Directory.GetFiles(_folder.File("backups"), "*before-restore*").Where(copy => copy != replaced))
            File.Delete(copy);
        (code, output, error) = await RunAsync("db", "recover");
        Assert.True(code == 0, error);
        Assert.Contains(
            $"{Path.GetFileName(replaced)} was taken, which is what a restore replaced: no other backup is good. Passed over: "
                + $"{Path.GetFileName(sound)} (not a database).",
            output
        );
        Assert.Equal("unwanted", Kept());
    }

    [Fact]
    public async Task ARestoreThatWasCutOff_IsNotTakenForAnEmptyStart()
    {
        Directory.CreateDirectory(_folder.Path);
        await File.WriteAllTextAsync(Database + ".part", "half");
        await using var app = new StartedApp(_folder);
        app.Start();
        await Until.TrueAsync(
            async () =>
                (await (await app.Http.GetAsync("/readyz")).Content.ReadAsStringAsync()).Contains("db recover", StringComparison.Ordinal),
            "the reason"
        );
    }

    [Fact]
    public async Task AnAddressWhereAnotherDashboardListens_IsNotTaken()
    {
        await using var other = new AppFixture();
        await other.InitializeAsync();
        await File.WriteAllTextAsync(
            _folder.File("server.json"),
            System.Text.Json.JsonSerializer.Serialize(new ServerAddress(other.Address.ToString(), 1, "of a run that ended"))
        );
        Assert.Null(await DashboardConnection.FindAsync(_folder.Path, CancellationToken.None));
        await using var connection = await DashboardConnection.FindAsync(other.Folder.File("data"), CancellationToken.None);
        Assert.NotNull(connection);
    }

    [Fact]
    public async Task Migrate_Status_TellsOfANewerDatabase_WithoutTouchingIt()
    {
        await MakeAsync();
        using (var connection = SqliteSetup.Open(Database))
            SqliteSetup.Execute(
                connection,
                "INSERT INTO __EFMigrationsHistory (MigrationId, ProductVersion) VALUES ('29990101000000_Future', '99'); DELETE FROM "
                    + "__EFMigrationsHistory WHERE MigrationId LIKE '%LogSearch';"
            );
        var (code, output, _) = await RunAsync("db", "migrate", "--status");
        Assert.Equal(1, code);
        Assert.Contains("newer    29990101000000_Future", output);
        Assert.Contains("pending  ", output);
    }

    [Theory]
    [InlineData("db", "dump", "-")]
    [InlineData("db", "migrate", "--status")]
    public async Task WithoutADatabase_ItIsSaid(params string[] args)
    {
        var (code, _, error) = await RunAsync(args);
        Assert.Equal(1, code);
        Assert.Contains("There is no database", error);
    }

    private object? Kept()
    {
        using var connection = SqliteSetup.Open(Database);
        return SqliteSetup.Scalar(connection, "SELECT value FROM metadata WHERE key = 'kept'");
    }

    private static void Execute(string database, string sql)
    {
        using var connection = SqliteSetup.Open(database);
        SqliteSetup.Execute(connection, sql + "; PRAGMA wal_checkpoint(TRUNCATE);");
    }

    // A database with a mark in it, and one backup of it.
    private async Task MakeAsync()
    {
        await using (var app = new StartedApp(_folder))
        {
            await app.InitializeAsync();
            using (var connection = SqliteSetup.Open(Database))
                SqliteSetup.Execute(connection, "INSERT INTO metadata (key, value, updated_at) VALUES ('kept', 'yes', 0)");
            Assert.True((await app.Http.PostAsync("/api/database/backup", null)).IsSuccessStatusCode);
        }

        await Until.TrueAsync(
            () =>
            {
                // commands are processes of their own; here they would share its connections
                Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
                return !File.Exists(Database + "-wal");
            },
            "the dashboard's connections to be closed"
        );
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CliProgram.RunAsync(
            [.. args, "--data", _folder.Path],
            _ => throw new InvalidOperationException("No dashboard must be started"),
            output,
            error
        );
        return (code, output.ToString(), error.ToString());
    }

    private sealed class StartedApp : AppFixture
    {
        public StartedApp(TempFolder folder) => With("LlamaBlazor:DataDirectory", folder.Path);
    }
}
