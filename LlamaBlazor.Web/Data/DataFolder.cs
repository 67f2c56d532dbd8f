using System.Globalization;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Data;

/// <summary>
/// The folder that holds everything we write: database, backups, logs, keys. Held by one process at a time through a lock on <c>.lock</c>,
/// which the system releases however that process ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string HolderName = ".pid";
    private const string LockName = ".lock";

    private readonly FileStream? _lock;

    private DataFolder(string root, FileStream? @lock)
    {
        Root = root;
        _lock = @lock;
    }

    /// <summary>A word of chance that tells this run from all others: a command that finds it at an address has found the dashboard of this
    /// folder.</summary>
    public string Session { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Absolute path of the folder.</summary>
    public string Root { get; }

    /// <summary>The database file.</summary>
    public string Database => Path.Combine(Root, "llama-dashboard.db");

    /// <summary>Folder of the backups.</summary>
    public string Backups => Path.Combine(Root, "backups");

    /// <summary>Folder of the log files.</summary>
    public string Logs => Path.Combine(Root, "logs");

    /// <summary>Folder of the data protection keys.</summary>
    public string Keys => Path.Combine(Root, "keys");

    /// <summary>Makes the folder where needed and takes its lock.</summary>
    /// <exception cref="StartupException">The folder cannot be written, or another dashboard holds it.</exception>
    public static DataFolder Open(string path)
    {
        var root = Path.GetFullPath(path);
        try
        {
            foreach (var folder in FoldersOf(root))
                PrivateFile.EnsureFolder(folder);
            if (FindForbidden(root) is var (what, mend))
                throw new StartupException($"{what}. {mend} Or choose another data folder with --data DIR or LLAMABLAZOR_DATA.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The data folder {root} cannot be made or entered. Give this user access to it and to the folders above it, or "
                    + "choose another one with --data DIR or LLAMABLAZOR_DATA."
            );
        }
        catch (IOException error)
        {
            throw new StartupException(
                $"The data folder {root} cannot be made or written: {error.Message} Choose another folder with --data DIR or "
                    + "LLAMABLAZOR_DATA."
            );
        }

        var held = TakeLock(Path.Combine(root, LockName));
        NoteHolder(root);
        Tighten(root);
        return new DataFolder(root, held);
    }

    /// <summary>The paths of a folder without taking its lock: for commands that work while the server runs.</summary>
    public static DataFolder Peek(string path) => new(Path.GetFullPath(path), null);

    /// <summary>What this user may not do in a data folder, and how to mend it; null when all is well. Folders that are not there are not
    /// looked at.</summary>
    /// <param name="root">The folder.</param>
    /// <exception cref="IOException">The disk is full, read-only or broken.</exception>
    public static (string What, string Mend)? FindForbidden(string root)
    {
        foreach (var folder in FoldersOf(root).Where(Directory.Exists))
        {
            var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
            try
            {
                File.WriteAllText(probe, "");
                File.Delete(probe);
            }
            catch (UnauthorizedAccessException)
            {
                return (
                    $"{(folder == root ? "The data folder" : "The folder")} {folder} cannot be written",
                    $"Give this user write access (chmod u+rwx \"{folder}\", as its owner)."
                );
            }
        }

        var keys = Path.Combine(root, "keys");
        string[] held = [Path.Combine(root, LockName), .. Directory.Exists(keys) ? Directory.EnumerateFiles(keys, "*.xml") : []];
        foreach (var file in held.Where(File.Exists))
        {
            try
            {
                File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete).Dispose();
            }
            catch (UnauthorizedAccessException)
            {
                return Foreign(file);
            }
            catch (IOException)
            {
                // In use: whoever holds it is told of elsewhere.
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_lock is null)
            return;
        try
        {
            // the last one to close moves the write-ahead log into the file, which is then complete in itself
            SqliteSetup.ClearPool(Database);
        }
        finally
        {
            _lock.Dispose();
        }
    }

    /// <summary>Makes the files of the database readable by their owner only, as after a restore brought them from elsewhere.</summary>
    public void ProtectDatabase() => PrivateFile.Tighten(Root, Path.GetFileName(Database) + "*");

    private static (string What, string Mend) Foreign(string file) =>
        (
            $"{file} cannot be opened: it was made by another user, as when the dashboard was once run as root",
            "Give the data folder and what is in it to the user that runs the dashboard (chown -R USER DIR)."
        );

    private static string[] FoldersOf(string root) =>
        [root, Path.Combine(root, "backups"), Path.Combine(root, "logs"), Path.Combine(root, "keys")];

    // What an older version made, which left more rights to others. Other files of this folder are none of ours.
    private static void Tighten(string root)
    {
        foreach (var pattern in new[] { "llama-dashboard.db*", "server.json", ".lock", HolderName })
            PrivateFile.Tighten(root, pattern);
        foreach (var folder in FoldersOf(root).Skip(1))
            PrivateFile.Tighten(folder);
    }

    private static FileStream TakeLock(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new FileStream(path, options);
        }
        catch (UnauthorizedAccessException)
        {
            var (what, mend) = Foreign(path);
            throw new StartupException($"{what}. {mend} Or choose another data folder with --data DIR or LLAMABLAZOR_DATA.");
        }
        catch (IOException)
        {
            var root = Path.GetDirectoryName(path)!;
            throw new StartupException(
                $"The data folder {root} is in use by another dashboard{Holder(root)}. Stop that one, or choose another folder with "
                    + "--data DIR."
            );
        }
    }

    // Beside the lock, whose own file nobody else can read everywhere. It is for words only: the lock alone decides.
    private static void NoteHolder(string root)
    {
        try
        {
            using var file = new StreamWriter(PrivateFile.Create(Path.Combine(root, HolderName)));
            file.Write(Environment.ProcessId);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The disk is full, for example: then the words have no number.
        }
    }

    private static string Holder(string root)
    {
        try
        {
            return int.TryParse(File.ReadAllText(Path.Combine(root, HolderName)), CultureInfo.InvariantCulture, out var pid)
                ? $" (process {pid})"
                : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
