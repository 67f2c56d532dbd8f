using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Settings;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>
/// Backup, restore and care of the live database. A backup counts only after its integrity check. A restore looks at the file first, makes a safety copy,
/// and then lets SQLite copy the pages in one transaction: whenever it is cut off, the database is the old or the new one, never something between.
/// </summary>
internal sealed partial class DatabaseOperations(
    DataFolder folder,
    DatabaseBackup backup,
    DatabaseWriter writer,
    InstanceBoard instances,
    LaunchSettingsStore settings,
    TimeProvider clock,
    ILogger<DatabaseOperations> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>All backups, newest first.</summary>
    public IReadOnlyList<BackupFile> ListBackups() =>
    [
        .. Directory.EnumerateFiles(folder.Backups, "llama-dashboard-*.db")
            .Select(path => (Name: BackupName.Parse(Path.GetFileName(path)), Info: new FileInfo(path)))
            .Where(file => file.Name is not null)
            .OrderByDescending(file => file.Name!.CreatedAt)
            .Select(file => new BackupFile(file.Name!.FileName, file.Name.Kind, file.Name.CreatedAt, file.Info.Length)),
    ];

    /// <summary>Backs up while the dashboard works. Readers and writers are not stopped: VACUUM INTO reads one state of the WAL.</summary>
    public async Task<Result<OperationReport>> BackupAsync(string kind, CancellationToken cancellation = default)
    {
        var started = clock.GetTimestamp();
        try
        {
            var path = await Task.Run(() => backup.Create(kind), cancellation).ConfigureAwait(false);
            LogDone("Backup", Path.GetFileName(path));
            return Report(Path.GetFileName(path), started, new FileInfo(path).Length);
        }
        catch (Exception error) when (error is IOException or SqliteException or UnauthorizedAccessException)
        {
            return Failure.Unavailable($"The backup could not be made: {error.Message} The database itself is as it was. Check the space in {folder.Backups}.");
        }
    }

    /// <summary>Writes a copy of the whole database to a file.</summary>
    public Task ExportAsync(string path, CancellationToken cancellation = default) => Task.Run(() => backup.CopyTo(path), cancellation);

    /// <summary>Rebuilds the file without gaps.</summary>
    public Task<Result<OperationReport>> VacuumAsync(CancellationToken cancellation = default) => RunAsync("Vacuum", "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);", cancellation);

    /// <summary>Counts anew what the planner of queries needs.</summary>
    public Task<Result<OperationReport>> AnalyzeAsync(CancellationToken cancellation = default) => RunAsync("Analyse", "ANALYZE; PRAGMA optimize;", cancellation);

    /// <summary>Checks every page and every reference; changes nothing.</summary>
    public Task<CheckReport> CheckAsync(CancellationToken cancellation = default) => Task.Run(() =>
    {
        using var connection = SqliteSetup.Open(folder.Database);
        var problems = SqliteRead.Column(connection, "PRAGMA integrity_check(100)").Where(line => line != "ok")
            .Concat(SqliteRead.Column(connection, "SELECT 'Row ' || rowid || ' of ' || \"table\" || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check LIMIT 100")).ToList();
        return new CheckReport(problems.Count == 0, problems);
    }, cancellation);

    /// <summary>Puts a backup in the database's place.</summary>
    /// <param name="name">Name of a file in the backups folder.</param>
    /// <param name="cancellation">Gives up before the copy begins.</param>
    public async Task<Result<OperationReport>> RestoreAsync(string name, CancellationToken cancellation = default)
    {
        if (BackupName.Parse(name) is null || Path.Combine(folder.Backups, name) is var path && !File.Exists(path))
            return Failure.NotFound($"There is no backup '{name}'. The Database page lists them.");
        return await RestoreFileAsync(Path.Combine(folder.Backups, name), cancellation).ConfigureAwait(false);
    }

    /// <summary>Puts a file in the database's place. The file itself is not changed.</summary>
    public async Task<Result<OperationReport>> RestoreFileAsync(string path, CancellationToken cancellation = default)
    {
        if (instances.Active.Any())
            return Failure.Conflict($"Models are running ({string.Join(", ", instances.Active.Take(3).Select(instance => instance.Model))}). Stop them first: the restored database may not know them.");
        var started = clock.GetTimestamp();
        var copy = Path.Combine(folder.Backups, $".restore-{Guid.NewGuid():N}.part");
        try
        {
            File.Copy(path, copy);
            if ((await DatabaseCandidate.PrepareAsync(copy, cancellation).ConfigureAwait(false)).Failure is { } failure)
                return failure;
            var safety = await Task.Run(() => backup.Create("before-restore"), cancellation).ConfigureAwait(false);
            await writer.MaintainAsync(live => CopyOver(copy, live), cancellation).ConfigureAwait(false);
            settings.Forget();
            LogDone("Restore", Path.GetFileName(path));
            return Report(Path.GetFileName(safety), started, new FileInfo(folder.Database).Length);
        }
        catch (Exception error) when (error is IOException or SqliteException or UnauthorizedAccessException)
        {
            return Failure.Unavailable($"The restore failed: {error.Message} The database is as it was.");
        }
        finally
        {
            foreach (var file in new[] { copy, copy + "-wal", copy + "-shm" })
                File.Delete(file);
        }
    }

    /// <summary>Runs statements that cannot be in a transaction.</summary>
    private async Task<Result<OperationReport>> RunAsync(string what, string sql, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        try
        {
            await writer.MaintainAsync(connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = sql;
                command.CommandTimeout = 0; // as long as the disk needs
                return command.ExecuteNonQuery();
            }, cancellation).ConfigureAwait(false);
            LogDone(what, folder.Database);
            return Report(null, started, new FileInfo(folder.Database).Length);
        }
        catch (SqliteException error)
        {
            return Failure.Unavailable($"{what} failed: {error.Message}. The database is as it was. {(error.SqliteErrorCode == 13 ? "Free some space: it needs room for a second copy." : "Try again when less is going on.")}");
        }
    }

    // Readers that are in the middle of something hold it off; they are soon done.
    private bool CopyOver(string source, SqliteConnection live)
    {
        using var from = SqliteSetup.Open(source);
        var started = clock.GetTimestamp();
        for (var wait = new SpinWait(); ; wait.SpinOnce())
        {
            try
            {
                from.BackupDatabase(live);
                return true;
            }
            catch (SqliteException error) when (error.SqliteErrorCode is 5 or 6 && clock.GetElapsedTime(started) < Patience)
            {
                // Locked: once more.
            }
        }
    }

    private OperationReport Report(string? name, long started, long bytes) => new(name, bytes, (long)clock.GetElapsedTime(started).TotalMilliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What} of the database done: {Name}")]
    private partial void LogDone(string what, string name);
}

/// <summary>A backup.</summary>
/// <param name="Name">Name of its file.</param>
/// <param name="Kind">Its cause.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="SizeBytes">Its size.</param>
internal sealed record BackupFile(string Name, string Kind, DateTimeOffset CreatedAt, long SizeBytes);

/// <summary>What an operation did.</summary>
/// <param name="Name">The backup it made, or null.</param>
/// <param name="SizeBytes">Size of the backup or of the database afterwards.</param>
/// <param name="ElapsedMs">How long it took.</param>
internal sealed record OperationReport(string? Name, long SizeBytes, long ElapsedMs);

/// <summary>Outcome of a check.</summary>
/// <param name="Ok">True when nothing is wrong.</param>
/// <param name="Problems">What is wrong, at most 200 lines.</param>
internal sealed record CheckReport(bool Ok, IReadOnlyList<string> Problems);
