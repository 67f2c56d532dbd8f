namespace LlamaBlazor.Web.Downloads;

/// <summary>Bytes free on the disk of a folder, or null where that cannot be told.</summary>
/// <param name="folder">An absolute path; need not exist yet.</param>
internal delegate long? ReadFreeSpace(string folder);

/// <summary>Asks the system.</summary>
internal static class DiskSpace
{
    /// <summary>The answer for the nearest folder above that exists.</summary>
    public static long? Read(string folder)
    {
        try
        {
            var existing = folder;
            while (existing is not null && !Directory.Exists(existing))
                existing = Path.GetDirectoryName(existing);
            return existing is null
                ? null
                : new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(existing)! : existing).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // a network disk that does not tell
        }
    }
}
