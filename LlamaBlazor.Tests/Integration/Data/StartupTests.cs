using System.Net;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlamaBlazor.Tests.Integration.Data;

/// <summary>What happens to a database file before it is used: nothing is ever overwritten, and each refusal says what to do.</summary>
public sealed class StartupTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Database => _folder.File("llama-dashboard.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    [EffectOf("LlamaBlazor:DataDirectory")]
    public async Task OlderSchema_IsBackedUp_ThenMigrated_WithItsRows()
    {
        await MigrateToAsync("InitialSchema");
        using (var connection = SqliteSetup.Open(Database))
            SqliteSetup.Execute(connection, "INSERT INTO metadata (key, value, updated_at) VALUES ('kept', 'yes', 0)");

        await using var app = await StartAsync();
        using var after = SqliteSetup.Open(Database);
        Assert.Equal("yes", SqliteSetup.Scalar(after, "SELECT value FROM metadata WHERE key = 'kept'"));
        Assert.Equal(1L, SqliteSetup.Scalar(after, "SELECT count(*) FROM pragma_table_info('model_lora_config') WHERE name = 'spec_type'"));
        var backup = Assert.Single(Directory.GetFiles(_folder.File("backups"), "*before-migration*.db"));
        using var copy = SqliteSetup.Open(backup);
        Assert.Equal("yes", SqliteSetup.Scalar(copy, "SELECT value FROM metadata WHERE key = 'kept'"));
        Assert.Equal(0L, SqliteSetup.Scalar(copy, "SELECT count(*) FROM pragma_table_info('model_lora_config') WHERE name = 'spec_type'"));
    }

    [Fact]
    public async Task CurrentSchema_IsNotBackedUpAgain()
    {
        await using (await StartAsync()) { }

        await using var second = await StartAsync();
        Assert.Empty(Directory.GetFiles(_folder.File("backups")));
    }

    [Fact]
    public async Task LockOfAKilledMigration_IsRemoved()
    {
        await MigrateToAsync("InitialSchema");
        using (var connection = SqliteSetup.Open(Database))
            SqliteSetup.Execute(connection, "INSERT INTO __EFMigrationsLock (Id, Timestamp) VALUES (1, '2026-01-01 00:00:00')");
        await using var app = await StartAsync();
        using var after = SqliteSetup.Open(Database);
        Assert.Equal(0L, SqliteSetup.Scalar(after, "SELECT count(*) FROM __EFMigrationsLock"));
    }

    [Theory]
    [InlineData("this is not a database, but long enough to be mistaken for one by a careless program ........")]
    [InlineData("SQLite format 3\0 and then nothing that makes sense")]
    public async Task UnreadableFile_IsRefused_AndLeftAsItIs(string content)
    {
        await File.WriteAllTextAsync(Database, content);
        await using var app = NewApp();
        app.Start();
        await Assert.ThrowsAnyAsync<Exception>(() => app.DatabaseReady);
        var answer = await app.Http.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("backup", await answer.Content.ReadAsStringAsync());
        Assert.Equal(content, await File.ReadAllTextAsync(Database));
        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task NewerSchema_IsRefused_WithWords()
    {
        await using (await StartAsync()) { }

        using (var connection = SqliteSetup.Open(Database))
            SqliteSetup.Execute(
                connection,
                "INSERT INTO __EFMigrationsHistory (MigrationId, ProductVersion) VALUES ('29990101000000_Future', '99')"
            );
        await using var app = NewApp();
        app.Start();
        await Assert.ThrowsAnyAsync<Exception>(() => app.DatabaseReady);
        Assert.Contains("newer version", (await (await app.Http.GetAsync("/readyz")).Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task WhatAKilledRunHadBegunToWrite_IsSwept_AndNothingElse()
    {
        await using (await StartAsync()) { }

        string[] begun =
        [
            "backups/.upload-1.part",
            "backups/.legacy-1.part-wal",
            "backups/llama-dashboard-manual-20250101-000000000.db.part",
            "backups/.send-1.part-journal",
            "llama-dashboard.db.part",
            "llama-dashboard.db.part-wal",
        ];
        string[] finished =
        [
            "backups/llama-dashboard-manual-20250101-000000000.db",
            "backups/damaged-20250101-000000000.db",
            "notes.part.txt",
            "logs/old.part",
        ];
        foreach (var file in begun.Concat(finished))
            await File.WriteAllTextAsync(_folder.File(file), "half");
        await using var app = await StartAsync();
        Assert.All(begun, file => Assert.False(File.Exists(_folder.File(file)), file));
        Assert.All(finished, file => Assert.Equal("half", File.ReadAllText(_folder.File(file))));
    }

    [SmallDiskFact]
    public async Task ReadOnlyDatabase_IsTold_WithTheFileAndTheWayOut_LeftAsItIs_AndUsedOnceItCanBeWritten()
    {
        await using (await StartAsync()) { }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        var before = await File.ReadAllBytesAsync(Database);
        await using var app = NewApp();
        using (new ReadOnlyFile(Database))
        {
            app.Start();
            await Until.TrueAsync(
                async () => (await ReadyzAsync(app)).Contains($"{Database} cannot be written", StringComparison.Ordinal),
                "the reason"
            );
            Assert.Contains("Give this user write access", await ReadyzAsync(app));
            Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/healthz")).StatusCode);
            Assert.Equal(before, await File.ReadAllBytesAsync(Database));
        }

        await Until.TrueAsync(async () => (await app.Http.GetAsync("/readyz")).IsSuccessStatusCode, "readyz, without a new start");
    }

    [Fact]
    public void SecondDashboard_OnTheSameFolder_IsRefused_WithTheProcessOfTheFirst()
    {
        using var first = DataFolder.Open(_folder.Path);
        var error = Assert.Throws<StartupException>(() => DataFolder.Open(_folder.Path));
        Assert.Contains($"The data folder {_folder.Path} is in use by another dashboard (process {Environment.ProcessId})", error.Message);
        File.Delete(_folder.File(".pid"));
        // the lock decides, not the number
        Assert.Contains("in use by another dashboard. ", Assert.Throws<StartupException>(() => DataFolder.Open(_folder.Path)).Message);
    }

    [Fact]
    public void FolderThatIsAFile_IsRefused_WithTheWayOut()
    {
        var file = _folder.File("occupied");
        File.WriteAllText(file, "");
        Assert.Contains("--data DIR", Assert.Throws<StartupException>(() => DataFolder.Open(Path.Combine(file, "data"))).Message);
    }

    [Fact]
    public void NewFolder_IsPrivate()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = DataFolder.Open(_folder.File("fresh"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Root));
    }

    private static async Task<string> ReadyzAsync(AppFixture app) => await (await app.Http.GetAsync("/readyz")).Content.ReadAsStringAsync();

    private StartedApp NewApp() => new(_folder);

    private async Task<StartedApp> StartAsync()
    {
        var app = NewApp();
        await app.InitializeAsync();
        return app;
    }

    private async Task MigrateToAsync(string migration)
    {
        var options =
            (DbContextOptions<LlamaDbContext>)DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), Database).Options;
        await using var context = new LlamaDbContext(options);
        await context.GetService<IMigrator>().MigrateAsync(migration);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    /// <summary>The program over a folder that outlives it.</summary>
    private sealed class StartedApp : AppFixture
    {
        public StartedApp(TempFolder folder) => With("LlamaBlazor:DataDirectory", folder.Path);

        public Task DatabaseReady => ((DatabaseState)Services.GetService(typeof(DatabaseState))!).Ready;
    }
}
