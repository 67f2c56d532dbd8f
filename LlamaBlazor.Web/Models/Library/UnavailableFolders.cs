namespace LlamaBlazor.Web.Models.Library;

/// <summary>
/// The models folders that may be disks which are not mounted now: those that are not there, cannot be read, or are empty, as a mount point
/// is without its disk.
/// Models that lay in them are missing, but nobody can say that they are gone for good.
/// </summary>
internal sealed class UnavailableFolders
{
    private readonly List<(string Prefix, string Words)> _folders; // at most as many as there are models folders

    private UnavailableFolders(List<(string Prefix, string Words)> folders) => _folders = folders;

    /// <summary>Looks at the disk.</summary>
    /// <param name="folders">The models folders.</param>
    public static UnavailableFolders Among(IEnumerable<string> folders) =>
        new([
            .. folders
                .Select(Path.GetFullPath)
                .Select(folder =>
                    (Prefix: Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, Words: Trouble(folder) ?? "")
                )
                .Where(folder => folder.Words.Length > 0),
        ]);

    /// <summary>What is the matter with the folder that a file lies in, such as <c>'/mnt/models' is empty</c>; null where it is available,
    /// or none of ours.</summary>
    /// <param name="path">The file.</param>
    public string? Of(string path) => _folders.Find(folder => path.StartsWith(folder.Prefix, StringComparison.Ordinal)).Words;

    private static string? Trouble(string folder)
    {
        try
        {
            return !Directory.Exists(folder) ? $"'{folder}' is not there"
                : Directory.EnumerateFileSystemEntries(folder).Any() ? null
                : $"'{folder}' is empty";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"'{folder}' cannot be read";
        }
    }
}
