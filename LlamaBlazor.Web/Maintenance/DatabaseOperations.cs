using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Backup and care of the live database. A backup counts only after its integrity check. All of it tells how far it is, and can be
/// given up.</summary>
internal sealed partial class DatabaseOperations(
    DataFolder folder,
    DatabaseBackup backup,
    DatabaseWriter writer,
    AuditTrail audit,
    TimeProvider clock,
    ILogger<DatabaseOperations> logger
)
{
    private static readonly TimeSpan LookAtWal = TimeSpan.FromMilliseconds(200);

    /// <summary>All backups, newest first. A failure when their folder cannot be read.</summary>
    public Result<BackupFile[]> ListBackups()
    {
        try
        {
            return (BackupFile[])
                [
                    .. Directory
                        .EnumerateFiles(folder.Backups, "llama-dashboard-*.db")
                        .Select(path => (Name: BackupName.Parse(Path.GetFileName(path)), Info: new FileInfo(path)))
                        .Where(file => file.Name is not null)
                        .OrderByDescending(file => file.Name!.CreatedAt)
                        .Select(file => new BackupFile(file.Name!.FileName, file.Name.Kind, file.Name.CreatedAt, file.Info.Length)),
                ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failure.Unavailable($"The backups cannot be listed: {error.Message} Give this user access to {folder.Backups}.");
        }
    }

    /// <summary>Backs up while the dashboard works. Readers and writers are not stopped: the copy reads one state of the WAL.</summary>
    public async Task<Result<OperationReport>> BackupAsync(
        string kind,
        IProgress<WorkStep>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var started = clock.GetTimestamp();
        try
        {
            var path = await Task.Run(() => backup.Create(kind, progress, cancellation), cancellation).ConfigureAwait(false);
            audit.Note("backup", "database", Path.GetFileName(path), new { kind });
            LogDone("Backup", Path.GetFileName(path));
            return Report(Path.GetFileName(path), started, new FileInfo(path).Length);
        }
        catch (Exception error) when (DatabaseTrouble.Is(error))
        {
            return DatabaseTrouble.Explain("The backup", error, folder.Backups);
        }
    }

    /// <summary>Writes a copy of the whole database to a new file.</summary>
    public async Task<Result<OperationReport>> ExportAsync(
        string path,
        IProgress<WorkStep>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var started = clock.GetTimestamp();
        try
        {
            await Task.Run(() => backup.CopyTo(path, progress, cancellation), cancellation).ConfigureAwait(false);
            audit.Note("export", "database", null, null);
            return Report(Path.GetFileName(path), started, new FileInfo(path).Length);
        }
        catch (Exception error) when (DatabaseTrouble.Is(error) || error is OperationCanceledException)
        {
            DatabaseBackup.DeleteWithCompanions(path);
            if (error is OperationCanceledException)
                throw;
            return DatabaseTrouble.Explain("The export", error, Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Rebuilds the file without gaps.</summary>
    public Task<Result<OperationReport>> VacuumAsync(IProgress<WorkStep>? progress = null, CancellationToken cancellation = default) =>
        RunAsync(
            "The vacuum",
            connection =>
            {
                progress?.Report(new WorkStep("Rebuilding"));
                // The new file is made on disk, in our folder, and not in memory as small temporary tables are.
                SqliteSetup.Execute(
                    connection,
                    $"PRAGMA temp_store=FILE; PRAGMA temp_store_directory='{folder.Backups.Replace("'", "''", StringComparison.Ordinal)}';"
                );
                var size = Math.Max(
                    1,
                    Convert.ToInt64(
                        SqliteSetup.Scalar(
                            connection,
                            "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, "
                                + "pragma_page_size"
                        )
                    )
                );
                using (clock.CreateTimer(_ => ReportWal(size, progress), null, LookAtWal, LookAtWal))
                    SqliteLong.Execute(connection, "VACUUM;", cancellation);
                progress?.Report(new WorkStep("Tidying up"));
                SqliteSetup.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE);");
            }
        );

    /// <summary>Counts anew what the planner of queries needs.</summary>
    public Task<Result<OperationReport>> AnalyzeAsync(IProgress<WorkStep>? progress = null, CancellationToken cancellation = default) =>
        RunAsync(
            "The analysis",
            connection =>
            {
                progress?.Report(new WorkStep("Counting"));
                SqliteLong.Execute(connection, "ANALYZE; PRAGMA optimize;", cancellation);
            }
        );

    /// <summary>Checks every page and every reference; changes nothing.</summary>
    public Task<CheckReport> CheckAsync(IProgress<WorkStep>? progress = null, CancellationToken cancellation = default) =>
        Task.Run(
            () =>
            {
                using var connection = SqliteSetup.Open(folder.Database);
                try
                {
                    progress?.Report(new WorkStep("Checking pages and indexes"));
                    var problems = SqliteLong
                        .Run(connection, () => SqliteRead.Column(connection, "PRAGMA integrity_check(100)"), cancellation)
                        .Where(line => line != "ok")
                        .ToList();
                    progress?.Report(new WorkStep("Checking references"));
                    problems.AddRange(
                        SqliteLong.Run(
                            connection,
                            () =>
                                SqliteRead.Column(
                                    connection,
                                    "SELECT 'Row ' || rowid || ' of ' || \"table\" || ' refers to a missing row of ' || parent FROM "
                                        + "pragma_foreign_key_check LIMIT 100"
                                ),
                            cancellation
                        )
                    );
                    return new CheckReport(problems.Count == 0, problems);
                }
                catch (SqliteException error) when (error.SqliteErrorCode is 11 or 26)
                {
                    return new CheckReport(false, [error.Message]); // too damaged to be read to the end
                }
            },
            cancellation
        );

    /// <summary>Runs work that cannot be in a transaction, while nothing else writes.</summary>
    private async Task<Result<OperationReport>> RunAsync(string what, Action<SqliteConnection> work)
    {
        var started = clock.GetTimestamp();
        try
        {
            await writer
                .MaintainAsync(
                    connection =>
                    {
                        work(connection);
                        return true;
                    },
                    CancellationToken.None
                )
                .ConfigureAwait(false); // the work itself looks at its token: it has ended when this returns
            audit.Note(what.Replace("The ", "", StringComparison.Ordinal), "database", null, null);
            LogDone(what, folder.Database);
            return Report(null, started, new FileInfo(folder.Database).Length);
        }
        catch (SqliteException error)
        {
            return DatabaseTrouble.Explain(what, error, folder.Root);
        }
    }

    // At its end VACUUM writes the new file back through the write-ahead log, whose growth tells how far that is.
    private void ReportWal(long size, IProgress<WorkStep>? progress)
    {
        var wal = new FileInfo(folder.Database + "-wal");
        if (wal.Exists && wal.Length > 64 * 1024)
            progress?.Report(new WorkStep("Writing back", Math.Min(1, (double)wal.Length / size)));
    }

    private OperationReport Report(string? name, long started, long bytes) =>
        new(name, bytes, (long)clock.GetElapsedTime(started).TotalMilliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What} is done: {Name}")]
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
