using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>
/// Puts another database in the live one's place. It looks at the file first, makes a safety copy, and then lets SQLite copy the pages in
/// one transaction:
/// whenever it is cut off or given up, the database is the old or the new one, never something between.
/// </summary>
internal sealed partial class DatabaseRestore(
    DataFolder folder,
    DatabaseBackup backup,
    DatabaseWriter writer,
    InstancePause pause,
    ReplacedDatabase replaced,
    TimeProvider clock,
    ILogger<DatabaseRestore> logger
)
{
    /// <summary>Puts a backup in the database's place.</summary>
    /// <param name="name">Name of a file in the backups folder.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Gives up; the database is as it was.</param>
    public async Task<Result<RestoreReport>> BackupAsync(
        string name,
        IProgress<WorkStep>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (BackupName.Parse(name) is null || Path.Combine(folder.Backups, name) is var path && !File.Exists(path))
            return Failure.NotFound($"There is no backup '{name}'. The Database page lists them.");
        return await FileAsync(Path.Combine(folder.Backups, name), progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>Puts a file in the database's place. The file itself is not changed.</summary>
    public Task<Result<RestoreReport>> FileAsync(
        string path,
        IProgress<WorkStep>? progress = null,
        CancellationToken cancellation = default
    ) =>
        RunAsync(
            "The restore",
            path,
            copy =>
            {
                progress?.Report(new WorkStep("Fetching the file"));
                PrivateFile.Copy(path, copy);
            },
            progress,
            cancellation
        );

    /// <summary>Puts the database that SQL statements make in the database's place.</summary>
    public Task<Result<RestoreReport>> SqlAsync(
        string path,
        IProgress<WorkStep>? progress = null,
        CancellationToken cancellation = default
    ) => RunAsync("The load", path, copy => SqlLoad.Run(path, copy, clock, progress, cancellation), progress, cancellation);

    /// <summary>Puts the newest backup that is sound in the database's place. What is there now is kept as it is, sound or not.</summary>
    public async Task<Result<RestoreReport>> RecoverAsync(IProgress<WorkStep>? progress = null, CancellationToken cancellation = default)
    {
        Result<BackupChoice> found;
        try
        {
            found = await Task.Run(() => DatabaseRecovery.FindNewestGood(folder, clock, progress, cancellation), cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (DatabaseTrouble.Is(error))
        {
            return DatabaseTrouble.Explain("The recovery", error, folder.Backups);
        }

        if (found.Failure is { } failure)
            return failure;
        LogChosen(found.Value.Reason);
        var done = await FileAsync(found.Value.Path, progress, cancellation).ConfigureAwait(false);
        return done.IsSuccess ? done.Value with { Choice = found.Value } : done;
    }

    private async Task<Result<RestoreReport>> RunAsync(
        string what,
        string source,
        Action<string> fetch,
        IProgress<WorkStep>? progress,
        CancellationToken cancellation
    )
    {
        var begun = pause.Begin("The database is being replaced. Try again when that has ended.");
        if (begun.Failure is { } busy)
            return busy;
        using var paused = begun.Value; // until everything that knows rows has forgotten them
        var started = clock.GetTimestamp();
        var copy = Path.Combine(folder.Backups, $".restore-{Guid.NewGuid():N}.part");
        try
        {
            await Task.Run(() => fetch(copy), cancellation).ConfigureAwait(false);
            progress?.Report(new WorkStep("Checking the file"));
            if ((await DatabaseCandidate.PrepareAsync(copy, cancellation).ConfigureAwait(false)).Failure is { } failure)
                return failure;
            await Task.Run(() => DatabaseCandidate.SetAtRest(copy, clock), cancellation).ConfigureAwait(false);
            await pause.SettleAsync().ConfigureAwait(false);
            var (safety, lastInstance) = await writer
                .MaintainAsync(live => Replace(copy, live, progress, cancellation), CancellationToken.None)
                .ConfigureAwait(false); // it looks at the token itself
            await pause.ForgetAsync(lastInstance, CancellationToken.None).ConfigureAwait(false);
            var unreadable = await Task.Run(() => replaced.FindUnreadable(folder.Database), CancellationToken.None).ConfigureAwait(false);
            await replaced
                .TellAsync(
                    what.Replace("The ", "", StringComparison.Ordinal),
                    Path.GetFileName(source),
                    new { safety_copy = Path.GetFileName(safety), unreadable_secrets = unreadable }
                )
                .ConfigureAwait(false);
            LogDone(what, Path.GetFileName(safety));
            if (unreadable.Count > 0)
                LogUnreadable(StoredSecrets.Words(unreadable));
            return new RestoreReport(
                Path.GetFileName(safety),
                new FileInfo(folder.Database).Length,
                (long)clock.GetElapsedTime(started).TotalMilliseconds,
                unreadable
            );
        }
        catch (Exception error) when (DatabaseTrouble.Is(error))
        {
            return DatabaseTrouble.Explain(what, error, folder.Root);
        }
        finally
        {
            DatabaseBackup.DeleteWithCompanions(copy);
        }
    }

    // In the writer's turn: nothing is written between the safety copy and the change, and nothing after it before all know of it.
    private (string Safety, long LastInstance) Replace(
        string source,
        SqliteConnection live,
        IProgress<WorkStep>? progress,
        CancellationToken cancellation
    )
    {
        var safety = DatabaseRecovery.SafetyCopy(folder, backup, clock, progress, cancellation);
        using (var from = SqliteSetup.Open(source))
            PageCopy.Run(from, live, "Copying over", progress, clock, cancellation);
        replaced.Fit(live);
        return (safety, Convert.ToInt64(SqliteSetup.Scalar(live, "SELECT coalesce(max(id), 0) FROM container_instances")));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Recovery: {Reason}")]
    private partial void LogChosen(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What} is done; what was there before is {Safety}")]
    private partial void LogDone(string what, string safety);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database was replaced.{Words}")]
    private partial void LogUnreadable(string words);
}

/// <summary>What a restore did.</summary>
/// <param name="Name">The safety copy: what was there before.</param>
/// <param name="SizeBytes">Size of the database now.</param>
/// <param name="ElapsedMs">How long it took.</param>
/// <param name="UnreadableSecrets">Stored secrets that the keys of this data folder do not open, by name.</param>
internal sealed record RestoreReport(string Name, long SizeBytes, long ElapsedMs, IReadOnlyList<string> UnreadableSecrets)
{
    /// <summary>Why that backup, where none was named.</summary>
    public BackupChoice? Choice { get; init; }

    /// <summary>What to do about them; null when there are none.</summary>
    public string? NextStep => StoredSecrets.NextStep(UnreadableSecrets);
}
