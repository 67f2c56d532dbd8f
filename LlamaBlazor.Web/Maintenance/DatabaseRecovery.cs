using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>The way out when the database itself cannot be used: the newest backup that is sound. Works on files, without a running
/// dashboard.</summary>
internal static class DatabaseRecovery
{
    /// <summary>
    /// The newest backup that passes its check and is not of a newer version. What a restore replaced comes after all others: somebody
    /// wanted it replaced.
    /// </summary>
    public static Result<BackupChoice> FindNewestGood(
        DataFolder folder,
        TimeProvider clock,
        IProgress<WorkStep>? progress,
        CancellationToken cancellation
    )
    {
        var backups = Directory.Exists(folder.Backups)
            ? Directory
                .EnumerateFiles(folder.Backups, "llama-dashboard-*.db")
                .Select(path => BackupName.Parse(Path.GetFileName(path)))
                .OfType<BackupName>()
                .ToList()
            : [];
        backups = [.. BackupName.NewestFirst(backups, clock.GetUtcNow()).OrderBy(name => name.IsSafetyCopy)];
        var passedOver = new List<string>();
        for (var i = 0; i < backups.Count; i++)
        {
            progress?.Report(new WorkStep($"Checking {backups[i].FileName}", (double)i / backups.Count));
            var path = Path.Combine(folder.Backups, backups[i].FileName);
            if (FindFault(path, cancellation) is not { } fault)
                return new BackupChoice(backups[i].FileName, backups[i].IsSafetyCopy, passedOver) { Path = path };
            passedOver.Add($"{backups[i].FileName} ({fault})");
        }

        return Failure.NotFound(
            "There is no sound backup in "
                + $"{folder.Backups}{(passedOver.Count == 0 ? "" : $": {string.Join(", ", passedOver.Take(BackupChoice.Told))}")}. A "
                + "file from elsewhere can be given, with the dashboard stopped: db restore FILE."
        );
    }

    /// <summary>Path of a file, or of the backup of that name; null when there is neither.</summary>
    public static string? Find(DataFolder folder, string wanted) =>
        File.Exists(wanted) ? Path.GetFullPath(wanted)
        : BackupName.Parse(wanted) is not null && Path.Combine(folder.Backups, wanted) is var path && File.Exists(path) ? path
        : null;

    /// <summary>Puts the newest good backup in the place of a database that no dashboard uses. What was there is kept aside.</summary>
    /// <param name="folder">The data folder, held.</param>
    /// <param name="clock">Names what is kept.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Gives up before anything is moved.</param>
    public static async Task<Result<RecoveryReport>> RunAsync(
        DataFolder folder,
        TimeProvider clock,
        IProgress<WorkStep>? progress,
        CancellationToken cancellation
    )
    {
        var found = FindNewestGood(folder, clock, progress, cancellation);
        if (found.Failure is { } failure)
            return failure;
        var put = await PutAsync(folder, found.Value.Path, clock, progress, cancellation).ConfigureAwait(false);
        return put.IsSuccess ? put.Value with { Choice = found.Value } : put;
    }

    /// <summary>Puts a file in the place of a database that no dashboard uses, whatever that is: sound, damaged, of a newer version, or
    /// none.</summary>
    /// <param name="folder">The data folder, held.</param>
    /// <param name="source">The file, which stays as it is.</param>
    /// <param name="clock">Names what is kept.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Gives up before anything is moved.</param>
    public static async Task<Result<RecoveryReport>> PutAsync(
        DataFolder folder,
        string source,
        TimeProvider clock,
        IProgress<WorkStep>? progress,
        CancellationToken cancellation
    )
    {
        var fresh = folder.Database + DatabaseStartup.Unfinished;
        try
        {
            progress?.Report(new WorkStep("Copying it"));
            if (!DatabaseCandidate.HasHead(source))
                return Failure.Invalid("file", $"{Path.GetFileName(source)} is not an SQLite database. Nothing was changed.");
            if (SourceSnapshot.Take(source, fresh) is { } unusable)
                return unusable;
            progress?.Report(new WorkStep("Checking the file"));
            if ((await DatabaseCandidate.PrepareAsync(fresh, cancellation).ConfigureAwait(false)).Failure is { } failure)
                return failure;
            var kept = File.Exists(folder.Database)
                ? SafetyCopy(folder, new DatabaseBackup(folder, clock), clock, progress, cancellation)
                : null;
            cancellation.ThrowIfCancellationRequested();
            var unreadable = StoredSecrets.FindUnreadable(fresh, SecretProtector.OfFolder(folder.Keys));
            Note(fresh, source, kept, clock);
            foreach (var journal in new[] { "-wal", "-shm", "-journal" })
                File.Delete(folder.Database + journal); // kept with the copy; the new file must not be read with it
            File.Move(fresh, folder.Database, overwrite: true); // in one step: there is always a database, that one or this one
            folder.ProtectDatabase();
            return new RecoveryReport(Path.GetFileName(source), kept, unreadable);
        }
        catch (Exception error) when (DatabaseTrouble.Is(error))
        {
            return DatabaseTrouble.Explain("The restore", error, folder.Root);
        }
        finally
        {
            DatabaseBackup.DeleteWithCompanions(fresh);
        }
    }

    /// <summary>Keeps what is there now, and returns its path. One that is damaged cannot be a verified backup: it is kept all the same,
    /// under a name that is not one.</summary>
    public static string SafetyCopy(
        DataFolder folder,
        DatabaseBackup backup,
        TimeProvider clock,
        IProgress<WorkStep>? progress,
        CancellationToken cancellation
    )
    {
        try
        {
            return backup.Create(BackupName.BeforeRestore, progress, cancellation);
        }
        catch (Exception error) when (error is SqliteException { SqliteErrorCode: 11 or 26 } || (error is IOException && IsDamaged(folder)))
        {
            return KeepAside(folder, clock);
        }
    }

    // In the trail of the new database: it tells where it comes from.
    private static void Note(string database, string source, string? kept, TimeProvider clock)
    {
        using (var connection = SqliteSetup.Open(database))
        using (var transaction = connection.BeginTransaction())
        {
            SqliteWrite.Insert(
                connection,
                transaction,
                "audit_log",
                new Dictionary<string, object?>
                {
                    ["action"] = "restore",
                    ["resource_type"] = "database",
                    ["resource_id"] = Path.GetFileName(source),
                    ["details"] = System.Text.Json.JsonSerializer.Serialize(new { safety_copy = Path.GetFileName(kept), offline = true }),
                    ["created_at"] = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                }
            );
            transaction.Commit();
            SqliteSetup.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE);");
        }

        foreach (var journal in new[] { "-wal", "-shm" })
            File.Delete(database + journal);
    }

    private static bool IsDamaged(DataFolder folder)
    {
        using var connection = SqliteSetup.Open(folder.Database);
        return SqliteSetup.Scalar(connection, "PRAGMA quick_check(1)") is not "ok";
    }

    // The files as they are.
    private static string KeepAside(DataFolder folder, TimeProvider clock)
    {
        var target = Path.Combine(
            folder.Backups,
            string.Create(CultureInfo.InvariantCulture, $"damaged-{clock.GetUtcNow():yyyyMMdd-HHmmssfff}.db")
        );
        PrivateFile.Copy(folder.Database, target);
        if (File.Exists(folder.Database + "-wal"))
            PrivateFile.Copy(folder.Database + "-wal", target + "-wal");
        return target;
    }

    // Why it cannot take the database's place, or null.
    private static string? FindFault(string path, CancellationToken cancellation)
    {
        try
        {
            if (!DatabaseCandidate.HasHead(path))
                return "not a database";
            using var connection = SqliteSetup.Open(path);
            if (ForeignSchema.Find(connection) is not null)
                return "holds what this dashboard did not make; db restore says what";
            if (SqliteLong.Run(connection, () => SqliteSetup.Scalar(connection, "PRAGMA integrity_check(1)"), cancellation) is not "ok")
                return "damaged";
            return SqliteRead
                .Column(connection, "SELECT MigrationId FROM __EFMigrationsHistory")
                .All(DatabaseCandidate.KnownMigrations.Contains)
                ? null
                : "of a newer version"; // which the start would refuse
        }
        catch (Exception error) when (error is SqliteException { SqliteErrorCode: 11 or 26 })
        {
            return "damaged";
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }
}

/// <summary>The backup that a recovery takes, and why that one.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="IsSafetyCopy">True when it is what a restore replaced: no other was good.</param>
/// <param name="PassedOver">Those looked at before it, each with what is wrong with it.</param>
internal sealed record BackupChoice(string Name, bool IsSafetyCopy, IReadOnlyList<string> PassedOver)
{
    /// <summary>Faults that are told in words.</summary>
    public const int Told = 5;

    /// <summary>Where it is.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Path { get; init; } = "";

    /// <summary>The same for people.</summary>
    public string Reason =>
        (
            IsSafetyCopy
                ? $"{Name} was taken, which is what a restore replaced: no other backup is good."
                : $"{Name} was taken: the newest backup that passes its check."
        )
        + (
            PassedOver.Count == 0
                ? ""
                : $" Passed over: {string.Join(", ", PassedOver.Take(Told))}"
                    + (PassedOver.Count > Told ? $" and {PassedOver.Count - Told} more." : ".")
        );
}

/// <summary>What a recovery did.</summary>
/// <param name="Backup">The backup that is the database now.</param>
/// <param name="Kept">Where the one before is, or null when there was none.</param>
/// <param name="UnreadableSecrets">Stored secrets that the keys of this data folder do not open, by name.</param>
internal sealed record RecoveryReport(string Backup, string? Kept, IReadOnlyList<string> UnreadableSecrets)
{
    /// <summary>Why that backup, where none was named.</summary>
    public BackupChoice? Choice { get; init; }

    /// <summary>What to do about them; null when there are none.</summary>
    public string? NextStep => StoredSecrets.NextStep(UnreadableSecrets);
}
