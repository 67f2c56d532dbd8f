using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Web.Shared.Files;

/// <summary>A file or folder.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its whole path.</param>
/// <param name="IsFolder">True for a folder.</param>
/// <param name="Bytes">Size of a file.</param>
internal sealed record FolderEntry(string Name, string Path, bool IsFolder, long Bytes);

/// <summary>What a folder of this machine holds, for choosing one of it.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Parent">The folder around it, or null at the top.</param>
/// <param name="Entries">Folders first, then files, each by name; hidden ones are left out.</param>
/// <param name="More">True when the folder holds more than <see cref="Bound"/>.</param>
internal sealed record FolderContents(string Path, string? Parent, IReadOnlyList<FolderEntry> Entries, bool More)
{
    /// <summary>Entries read of one folder.</summary>
    public const int Bound = 2000;

    private static readonly EnumerationOptions Visible = new()
    {
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = true,
    };

    /// <summary>Reads a folder. Of a path that is none, the nearest folder above it that is.</summary>
    /// <param name="path">A path; empty for the user's own folder.</param>
    /// <param name="files">True to list files too.</param>
    /// <param name="extension">Only files with this ending, such as <c>.gguf</c>; all where it is null.</param>
    public static Result<FolderContents> Read(string path, bool files, string? extension = null)
    {
        var folder = Nearest(path);
        try
        {
            var read = folder
                .EnumerateFileSystemInfos("*", Visible)
                .Select(item => new FolderEntry(
                    item.Name,
                    item.FullName,
                    item is DirectoryInfo,
                    item is FileInfo { Exists: true } file ? file.Length : 0
                ))
                .Where(item =>
                    item.IsFolder || (files && (extension is null || item.Name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)))
                )
                .Take(Bound + 1)
                .ToList();
            return new FolderContents(
                folder.FullName,
                folder.Parent?.FullName,
                [.. read.Take(Bound).OrderByDescending(item => item.IsFolder).ThenBy(item => item.Name, StringComparer.OrdinalIgnoreCase)],
                read.Count > Bound
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failure.Unavailable($"{folder.FullName} cannot be read: {error.Message}");
        }
    }

    private static DirectoryInfo Nearest(string path)
    {
        for (
            var folder = path.Length > 0 && System.IO.Path.IsPathFullyQualified(path) ? new DirectoryInfo(path) : null;
            folder is not null;
            folder = folder.Parent
        )
        {
            if (folder.Exists)
                return folder;
        }

        return new DirectoryInfo(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home
                ? home
                : System.IO.Path.GetPathRoot(Environment.CurrentDirectory)!
        );
    }
}
