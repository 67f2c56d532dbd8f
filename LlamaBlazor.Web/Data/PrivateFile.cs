namespace LlamaBlazor.Web.Data;

/// <summary>Files and folders that nobody but the dashboard's user reads, from the moment they are made. Windows keeps them by the rights
/// of the folder.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>Makes a file, in the place of one that is there.</summary>
    /// <exception cref="IOException">The disk is full, or the file is in use.</exception>
    public static FileStream Create(string path) => Open(path, FileMode.Create);

    /// <summary>Opens or makes a file for writing.</summary>
    /// <param name="path">Where.</param>
    /// <param name="mode">How, as for <see cref="FileStream"/>.</param>
    public static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        return new FileStream(path, options);
    }

    /// <summary>Makes an empty file where there is none: what SQLite finds, and what it makes beside it, then has these rights
    /// too.</summary>
    public static void Ensure(string path)
    {
        try
        {
            if (!File.Exists(path) && Directory.Exists(Path.GetDirectoryName(path)))
                Open(path, FileMode.OpenOrCreate).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // SQLite says what is wrong, in its own words.
        }
    }

    /// <summary>Copies a file to a new one: its bytes, not its rights.</summary>
    /// <exception cref="IOException">There is a file of that name, the disk is full, or the source cannot be read.</exception>
    public static void Copy(string source, string target)
    {
        using var from = new FileStream(
            source,
            new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.SequentialScan }
        );
        using var to = Open(target, FileMode.CreateNew);
        from.CopyTo(to);
    }

    /// <summary>Makes a folder where there is none.</summary>
    public static void EnsureFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else if (!Directory.Exists(path))
            Directory.CreateDirectory(path, OwnerFolder);
    }

    /// <summary>Takes the rights of others away from a folder and the files right in it, which an earlier version or another program left
    /// there. Links, and what belongs to another user, stay as they are.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">Which files, such as <c>*.db*</c>.</param>
    public static void Tighten(string folder, string pattern = "*")
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder))
            return;
        Restrict(folder, OwnerFolder);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles(pattern).Where(file => file.LinkTarget is null))
            Restrict(file.FullName, OwnerFile);
    }

    private static void Restrict(string path, UnixFileMode most)
    {
        if (OperatingSystem.IsWindows())
            return;
        try
        {
            var mode = File.GetUnixFileMode(path);
            if ((mode & ~most) != 0)
                File.SetUnixFileMode(path, mode & most);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or gone: whoever needs it will say so.
        }
    }
}
