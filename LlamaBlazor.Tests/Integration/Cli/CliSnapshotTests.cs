using LlamaBlazor.Tests.Integration.Maintenance;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Cli;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Cli;

/// <summary>Databases that were not closed: what a command takes along includes the rows that are only in the journal beside the
/// file.</summary>
public sealed class CliSnapshotTests : IAsyncLifetime
{
    private const string NewModel =
        "INSERT INTO models (uid, name, type, status, role, favorite, file_missing, fit_params_available, created_at, updated_at, "
        + "revision) VALUES ('u9', 'last-words', 'llama', 'stopped', 'model', 0, 0, 0, 1, 1, 0)";

    private readonly AppFixture _app = new();

    private DataFolder Data => _app.Services.GetRequiredService<DataFolder>();

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task ImportLegacy_TakesTheRowsThatAreOnlyInTheWal_AndLeavesTheSource()
    {
        var old = LegacyFixtures.Write(_app.Folder.File("asleep.db"), LegacyFixtures.AsyncProxy);
        var path = LeaveOpen(
            old,
            "INSERT INTO models (id, name, model_path, parameters) VALUES ('model_2', 'last-words.gguf', '/m/last.gguf', "
                + "'{\"temperature\":0.3}')"
        );
        var before = Bytes(path);
        Assert.Equal(["Phi-3-mini.gguf"], Names(path)); // the file alone does not have it
        var (code, output, error) = await RunAsync("db", "import-legacy", path, "--json");
        Assert.True(code == 0, error);
        Assert.Contains("\"source\": \"left.db\"", output); // told by its own name, not by that of the copy
        Assert.Contains("\"last-words", await _app.Http.GetStringAsync("/api/models"));
        Assert.Equal(before, Bytes(path));
        Assert.False(File.Exists(path + "-shm"));
        Assert.Empty(Directory.EnumerateFiles(Data.Backups, ".*"));
    }

    [Fact]
    public async Task Merge_OfADatabaseThatWasNotClosed_TakesItsLastRows()
    {
        var exported = _app.Folder.File("exported.db");
        Assert.Equal(0, (await RunAsync("db", "export", exported)).Code);
        var (code, output, error) = await RunAsync("db", "merge", LeaveOpen(exported, NewModel), "--json");
        Assert.True(code == 0, error);
        Assert.Contains("\"last-words\"", output);
    }

    [Fact]
    public async Task Restore_WithoutADashboard_TakesThemToo()
    {
        var exported = _app.Folder.File("exported.db");
        Assert.Equal(0, (await RunAsync("db", "export", exported)).Code);
        using var elsewhere = new TempFolder();
        var (code, _, error) = await RunAsync("db", "restore", LeaveOpen(exported, NewModel), "--data", elsewhere.Path);
        Assert.True(code == 0, error);
        Assert.Equal(["llama-dashboard.db"], Directory.EnumerateFiles(elsewhere.Path, "llama-dashboard.db*").Select(Path.GetFileName));
        Assert.Equal(["last-words"], Names(elsewhere.File("llama-dashboard.db")));
    }

    [Fact]
    public async Task AFileThatIsNotThere_OrNoDatabase_IsSaid()
    {
        var (code, _, error) = await RunAsync("db", "import-legacy", _app.Folder.File("nowhere.db"));
        Assert.Equal(1, code);
        Assert.Contains("There is no file", error);
        await File.WriteAllTextAsync(_app.Folder.File("notes.db"), "notes");
        (code, _, error) = await RunAsync("db", "import-legacy", _app.Folder.File("notes.db"));
        Assert.Equal(1, code);
        Assert.Contains("notes.db is not an SQLite database", error);
        await File.WriteAllBytesAsync(_app.Folder.File("torn.db"), [.. "SQLite format 3\0"u8, .. new byte[3000]]);
        (code, _, error) = await RunAsync("db", "import-legacy", _app.Folder.File("torn.db"));
        Assert.Equal(1, code);
        Assert.Contains("cannot be read as a database", error);
        Assert.Empty(Directory.EnumerateFiles(Data.Backups, ".*"));
    }

    // The files as a program leaves them that was killed: the row is committed, and only in the write-ahead log.
    private string LeaveOpen(string database, string insert)
    {
        var left = _app.Folder.File("left.db");
        using var connection = SqliteSetup.Open(database);
        SqliteSetup.Execute(
            connection,
            $"PRAGMA journal_mode=WAL; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint=0; {insert};"
        );
        File.Copy(database, left);
        File.Copy(database + "-wal", left + "-wal");
        return left;
    }

    private static List<string> Names(string database)
    {
        var alone = database + ".alone";
        File.Copy(database, alone);
        using var connection = SqliteSetup.Open(alone);
        return [.. SqliteRead.Column(connection, "SELECT name FROM models ORDER BY name")];
    }

    private static List<byte[]> Bytes(string path) => [File.ReadAllBytes(path), File.ReadAllBytes(path + "-wal")];

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] data = args.Contains("--data") ? [] : ["--data", Data.Root];
        var code = await CliProgram.RunAsync(
            [.. args, .. data],
            _ => throw new InvalidOperationException("A dashboard runs; none must be started"),
            output,
            error
        );
        return (code, output.ToString(), error.ToString());
    }
}
