using LlamaBlazor.Web.Data.Entities;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Data;

/// <summary>
/// Brings the database to the current schema after the server listens: checks the file, backs it up when a migration is pending,
/// migrates within a time limit, and says in <see cref="DatabaseState"/> what to do when that fails. It never overwrites a file it cannot
/// read.
/// </summary>
internal sealed partial class DatabaseStartup(
    IDbContextFactory<LlamaDbContext> contexts,
    DataFolder folder,
    DatabaseState state,
    DatabaseBackup backup,
    LogIndex logIndex,
    TimeProvider clock,
    ILogger<DatabaseStartup> logger
) : BackgroundService
{
    /// <summary>Version of the schema as seed 000 counts it.</summary>
    public const string SchemaVersion = "2.0";

    /// <summary>Ends the name of a database that is being made beside ours, to take its place.</summary>
    public const string Unfinished = ".part";

    private static readonly TimeSpan MigrationLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    private bool _isBackedUp; // once a run: each try of a migration would push an older backup out

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => PrepareAsync(stoppingToken), stoppingToken);

    // What may pass, such as a full disk, is tried again until it has: nobody needs to start the dashboard anew.
    private async Task PrepareAsync(CancellationToken cancellation)
    {
        while (!await TryPrepareAsync(cancellation).ConfigureAwait(false))
        {
            SqliteSetup.ClearPool(folder.Database); // a connection that was opened read-only stays so
            await Task.Delay(RetryPause, clock, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryPrepareAsync(CancellationToken cancellation)
    {
        try
        {
            PrepareFile();
            await MigrateAsync(cancellation).ConfigureAwait(false);
            ReconcileLogIndex();
            folder.ProtectDatabase();
            state.Succeed();
            LogReady(folder.Database);
            return true;
        }
        catch (Exception error) when (DatabaseFault.MayPass(error) && !cancellation.IsCancellationRequested)
        {
            var reason =
                $"{DatabaseFault.Words(error, folder.Database)} It is tried again every {RetryPause.TotalSeconds:0} seconds; the "
                + "dashboard need not be started anew.";
            if (state.Failure != reason)
                LogPostponed(reason, error);
            state.Postpone(reason);
            return false;
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            state.Fail(Explain(error));
            LogFailed(state.Failure!, error);
            return true;
        }
    }

    // auto_vacuum must stand before the first table; journal_mode is kept in the file.
    private void PrepareFile()
    {
        if (new FileInfo(folder.Database) is not { Exists: true, Length: > 0 } && File.Exists(folder.Database + Unfinished))
            throw new InvalidOperationException(
                $"There is no {folder.Database}, but a restore that was cut off left {folder.Database}{Unfinished}. Repeat it with "
                    + "the dashboard stopped (db recover, or db restore FILE), or delete that file to begin with an empty database."
            );
        RemoveUnfinished();
        using var connection = SqliteSetup.Open(folder.Database);
        if (Convert.ToInt64(SqliteSetup.Scalar(connection, "SELECT count(*) FROM sqlite_master")) == 0)
            SqliteSetup.Execute(connection, "PRAGMA auto_vacuum=INCREMENTAL; VACUUM;");
        SqliteSetup.Execute(connection, "PRAGMA journal_mode=WAL;");
        LogIndex.Disarm(connection);
    }

    // What a run that was killed had begun to write; this one holds the folder alone.
    private void RemoveUnfinished()
    {
        foreach (
            var path in Directory
                .EnumerateFiles(folder.Backups, "*.part*")
                .Concat(Directory.EnumerateFiles(folder.Root, Path.GetFileName(folder.Database) + Unfinished + "*"))
        )
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                LogNotRemoved(path, error.Message); // it only takes room
            }
        }
    }

    private void ReconcileLogIndex()
    {
        state.Progress = "Looking after the index of the log.";
        try
        {
            using var connection = SqliteSetup.Open(folder.Database);
            logIndex.Reconcile(connection);
        }
        catch (SqliteException error)
        {
            LogIndexFailed(error); // the disk is full, for example: searches look through the lines themselves
        }
    }

    private async Task MigrateAsync(CancellationToken cancellation)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var applied = (await context.Database.GetAppliedMigrationsAsync(cancellation).ConfigureAwait(false)).ToList();
            var known = context.Database.GetMigrations().ToList();
            if (applied.Except(known).FirstOrDefault() is { } newer)
                throw new InvalidOperationException(
                    $"The database {folder.Database} was written by a newer version (migration {newer}). Update the program; or stop "
                        + $"it and restore an older backup of {folder.Backups}: db restore NAME, or db recover for the newest that "
                        + "this version can read."
                );
            var pending = known.Except(applied).ToList();
            if (pending.Count > 0)
            {
                if (applied.Count > 0 && !_isBackedUp)
                    LogBackup(await Task.Run(() => backup.Create("before-migration"), cancellation).ConfigureAwait(false), pending.Count);
                _isBackedUp = true;
                ReleaseStaleLock(context);
                await ApplyAsync(context, cancellation).ConfigureAwait(false);
            }

            await RecordAsync(context, known, cancellation).ConfigureAwait(false);
        }
    }

    private async Task ApplyAsync(LlamaDbContext context, CancellationToken cancellation)
    {
        state.Progress = "Updating the database to this version.";
        using var patience = new CancellationTokenSource(MigrationLimit, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            await context.Database.MigrateAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Updating the database took more than {MigrationLimit.TotalMinutes:0} minutes. Another program may hold "
                    + $"{folder.Database}: close it and start again. The state before is in {folder.Backups}."
            );
        }
    }

    // The lock on the data folder proves that no other dashboard migrates, so a row here was left by one that was killed.
    private void ReleaseStaleLock(LlamaDbContext context)
    {
        var connection = context.Database.GetDbConnection();
        context.Database.OpenConnection();
        if (SqliteSetup.Scalar(connection, "SELECT 1 FROM sqlite_master WHERE name = '__EFMigrationsLock'") is null)
            return;
        if (SqliteSetup.Scalar(connection, "SELECT Timestamp FROM __EFMigrationsLock LIMIT 1") is { } taken)
        {
            LogStaleLock(taken.ToString()!);
            SqliteSetup.Execute(connection, "DELETE FROM __EFMigrationsLock");
        }
    }

    private async Task RecordAsync(LlamaDbContext context, IReadOnlyList<string> migrations, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var recorded = await context
            .SchemaVersions.Select(v => new { v.Version, v.Migration })
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        // numbered as they came: one with an older date may come later
        var last = recorded.Count == 0 ? 0 : recorded.Max(row => row.Version);
        context.SchemaVersions.AddRange(
            migrations
                .Except(recorded.Select(row => row.Migration))
                .Select(
                    (migration, index) =>
                        new SchemaVersionRow
                        {
                            Version = last + index + 1,
                            Migration = migration,
                            AppliedAt = now,
                        }
                )
        );
        await SetAsync(context, "db_version", SchemaVersion, now, cancellation).ConfigureAwait(false);
        await SetAsync(context, "server_start_time", now.ToString(), now, cancellation).ConfigureAwait(false);
        await context.SaveChangesAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task SetAsync(LlamaDbContext context, string key, string value, long now, CancellationToken cancellation)
    {
        var row = await context.Metadata.FindAsync([key], cancellation).ConfigureAwait(false);
        if (row is null)
            context.Metadata.Add(row = new MetadataRow { Key = key });
        (row.Value, row.UpdatedAt) = (value, now);
    }

    private string Explain(Exception error) =>
        error switch
        {
            DbUpdateException { InnerException: SqliteException reason } => Explain(reason),
            SqliteException { SqliteErrorCode: 11 or 26 } =>
                $"{folder.Database} is not a readable database ({error.Message}). It was left as it is. Stop the dashboard, then: db "
                    + $"recover takes the newest sound backup of {folder.Backups}, db restore FILE the one you name.",
            DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException } => error.InnerException?.Message
                ?? error.Message,
            _ => error.Message,
        };

    [LoggerMessage(Level = LogLevel.Error, Message = "The database cannot be used yet. {Reason}")]
    private partial void LogPostponed(string reason, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}, which an earlier run left half written, could not be removed: {Reason}")]
    private partial void LogNotRemoved(string path, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Database ready: {Path}")]
    private partial void LogReady(string path);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The database cannot be used. {Reason}")]
    private partial void LogFailed(string reason, Exception error);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The index of the log could not be made; searching it looks through the lines themselves"
    )]
    private partial void LogIndexFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Backed up the database to {Path} before {Count} migration(s)")]
    private partial void LogBackup(string path, int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A migration lock of {Taken} was left by a run that was killed. It is removed: the lock on the data folder shows "
            + "that nobody else is migrating"
    )]
    private partial void LogStaleLock(string taken);
}
