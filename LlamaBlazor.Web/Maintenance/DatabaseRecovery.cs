using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>The way out when the database itself cannot be used: the newest backup that is sound. Works on files, without a running dashboard.</summary>
internal static class DatabaseRecovery
{
    /// <summary>Path of the newest backup that passes its check.</summary>
    public static Result<string> FindNewestGood(DataFolder folder, IProgress<WorkStep>? progress, CancellationToken cancellation)
    {
        var backups = Directory.Exists(folder.Backups)
            ? Directory.EnumerateFiles(folder.Backups, "llama-dashboard-*.db").Where(path => BackupName.Parse(Path.GetFileName(path)) is not null).OrderByDescending(path => BackupName.Parse(Path.GetFileName(path))!.CreatedAt).ToList()
            : [];
        for (var i = 0; i < backups.Count; i++)
        {
            progress?.Report(new WorkStep($"Checking {Path.GetFileName(backups[i])}", (double)i / backups.Count));
            if (IsGood(backups[i], cancellation))
                return backups[i];
        }

        return Failure.NotFound($"There is no sound backup in {folder.Backups} ({backups.Count} looked at). A file from elsewhere can be given with: db restore FILE.");
    }

    /// <summary>Puts the newest good backup in the place of a database that no dashboard uses. What was there is kept aside.</summary>
    /// <param name="folder">The data folder, held.</param>
    /// <param name="clock">Names what is kept.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Gives up before anything is moved.</param>
    public static Result<RecoveryReport> Run(DataFolder folder, TimeProvider clock, IProgress<WorkStep>? progress, CancellationToken cancellation)
    {
        var found = FindNewestGood(folder, progress, cancellation);
        if (found.Failure is { } failure)
            return failure;
        var fresh = folder.Database + ".part";
        try
        {
            progress?.Report(new WorkStep("Copying it"));
            File.Copy(found.Value, fresh, overwrite: true);
            string? kept = null;
            if (File.Exists(folder.Database))
            {
                kept = KeepAside(folder, clock);
                DatabaseBackup.DeleteWithCompanions(folder.Database);
            }

            File.Move(fresh, folder.Database);
            folder.ProtectDatabase();
            return new RecoveryReport(Path.GetFileName(found.Value), kept);
        }
        catch (Exception error) when (DatabaseTrouble.Is(error))
        {
            return DatabaseTrouble.Explain("The recovery", error, folder.Root);
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    /// <summary>Copies the files of the database as they are to <c>backups/damaged-….db</c> and returns that path.</summary>
    public static string KeepAside(DataFolder folder, TimeProvider clock)
    {
        var target = Path.Combine(folder.Backups, string.Create(CultureInfo.InvariantCulture, $"damaged-{clock.GetUtcNow():yyyyMMdd-HHmmssfff}.db"));
        File.Copy(folder.Database, target);
        if (File.Exists(folder.Database + "-wal"))
            File.Copy(folder.Database + "-wal", target + "-wal");
        return target;
    }

    private static bool IsGood(string path, CancellationToken cancellation)
    {
        try
        {
            if (!DatabaseCandidate.HasHead(path))
                return false;
            using var connection = SqliteSetup.Open(path);
            return SqliteLong.Run(connection, () => SqliteSetup.Scalar(connection, "PRAGMA integrity_check(1)"), cancellation) is "ok"
                && SqliteSetup.Scalar(connection, "SELECT 1 FROM sqlite_master WHERE name = '__EFMigrationsHistory'") is not null;
        }
        catch (Exception error) when (error is SqliteException or IOException)
        {
            return false;
        }
    }
}

/// <summary>What a recovery did.</summary>
/// <param name="Backup">The backup that is the database now.</param>
/// <param name="Kept">Where the one before is, or null when there was none.</param>
internal sealed record RecoveryReport(string Backup, string? Kept);
