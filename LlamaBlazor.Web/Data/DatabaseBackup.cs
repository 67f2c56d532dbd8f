namespace LlamaBlazor.Web.Data;

/// <summary>Copies the live database: VACUUM INTO a new file, which counts only after an integrity check. Copying the file itself would lose what is in the WAL.</summary>
internal sealed class DatabaseBackup(DataFolder folder, TimeProvider clock)
{
    /// <summary>Backups of one kind that are kept; older ones are deleted after a new one stands.</summary>
    public const int Kept = 5;

    /// <summary>Makes a backup and returns its path.</summary>
    /// <param name="kind">Word that tells backups of one cause apart, such as <c>daily</c>: letters and dashes.</param>
    /// <exception cref="IOException">The copy failed its check.</exception>
    public string Create(string kind)
    {
        var name = $"llama-dashboard-{kind}-{clock.GetUtcNow():yyyyMMdd-HHmmssfff}.db";
        var target = Path.Combine(folder.Backups, name);
        var partial = target + ".part";
        File.Delete(partial);
        try
        {
            CopyTo(partial);
            Check(partial);
            File.Move(partial, target);
        }
        finally
        {
            File.Delete(partial);
        }

        foreach (var old in Directory.EnumerateFiles(folder.Backups, $"llama-dashboard-{kind}-*.db").OrderDescending(StringComparer.Ordinal).Skip(Kept))
            File.Delete(old);
        return target;
    }

    /// <summary>Writes one state of the live database to a new file, readable by its owner only. The file is not checked.</summary>
    public void CopyTo(string path)
    {
        using var connection = SqliteSetup.Open(folder.Database);
        using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $path";
        command.Parameters.AddWithValue("$path", path);
        command.CommandTimeout = 0; // as long as the disk needs
        command.ExecuteNonQuery();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static void Check(string path)
    {
        using var connection = SqliteSetup.Open(path);
        if (SqliteSetup.Scalar(connection, "PRAGMA integrity_check") is not "ok")
            throw new IOException($"The backup {Path.GetFileName(path)} did not pass its integrity check and was removed. Check the disk.");
    }
}
