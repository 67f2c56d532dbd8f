using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;

namespace LlamaBlazor.Web.Data;

/// <summary>Copies the live database page by page into a new file, which counts only after an integrity check. Copying the file itself
/// would lose what is in the WAL.</summary>
internal sealed class DatabaseBackup(DataFolder folder, TimeProvider clock)
{
    /// <summary>Backups of one kind that are kept; older ones are deleted after a new one stands.</summary>
    public const int Kept = 5;

    /// <summary>Makes a backup and returns its path.</summary>
    /// <param name="kind">Word that tells backups of one cause apart, such as <c>daily</c>: letters and dashes.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Gives up and leaves nothing.</param>
    /// <exception cref="IOException">The copy failed its check.</exception>
    public string Create(string kind, IProgress<WorkStep>? progress = null, CancellationToken cancellation = default)
    {
        var name = $"llama-dashboard-{kind}-{clock.GetUtcNow():yyyyMMdd-HHmmssfff}.db";
        var target = Path.Combine(folder.Backups, name);
        var partial = target + ".part";
        File.Delete(partial);
        try
        {
            CopyTo(partial, progress, cancellation);
            Check(partial, progress, cancellation);
            File.Move(partial, target);
        }
        finally
        {
            DeleteWithCompanions(partial);
        }

        RemoveOld(kind, name);
        return target;
    }

    // By the dates of their names, of which those in the future count as the oldest: a clock that once ran ahead takes nothing away from
    // what is new.
    private void RemoveOld(string kind, string made)
    {
        var others = Directory
            .EnumerateFiles(folder.Backups, $"llama-dashboard-{kind}-*.db")
            .Select(path => BackupName.Parse(Path.GetFileName(path)))
            .OfType<BackupName>()
            .Where(backup => backup.Kind == kind && backup.FileName != made);
        foreach (var old in BackupName.NewestFirst(others, clock.GetUtcNow()).Skip(Kept - 1))
            File.Delete(Path.Combine(folder.Backups, old.FileName));
    }

    /// <summary>Writes one state of the live database to a new file, readable by its owner only. The file is not checked.</summary>
    public void CopyTo(string path, IProgress<WorkStep>? progress = null, CancellationToken cancellation = default)
    {
        PrivateFile.Open(path, FileMode.CreateNew).Dispose();
        using var source = SqliteSetup.Open(folder.Database);
        using var target = SqliteSetup.Open(path);
        PageCopy.Run(source, target, "Copying", progress, clock, cancellation);
        SqliteSetup.Execute(target, "PRAGMA journal_mode=DELETE;"); // one file, complete in itself
    }

    /// <summary>Deletes a database with the files SQLite keeps beside it.</summary>
    public static void DeleteWithCompanions(string path)
    {
        foreach (var file in new[] { path, path + "-wal", path + "-shm", path + "-journal" })
            File.Delete(file);
    }

    private static void Check(string path, IProgress<WorkStep>? progress, CancellationToken cancellation)
    {
        progress?.Report(new WorkStep("Checking the copy"));
        using var connection = SqliteSetup.Open(path);
        if (SqliteLong.Run(connection, () => SqliteSetup.Scalar(connection, "PRAGMA integrity_check"), cancellation) is not "ok")
            throw new IOException(
                $"The backup {Path.GetFileName(path)} did not pass its integrity check and was removed. Check the disk, then the "
                    + "database: db check."
            );
    }
}
