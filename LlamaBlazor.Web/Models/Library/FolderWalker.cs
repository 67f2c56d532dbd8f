using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Library;
using LlamaBlazor.Web.Shared.Files;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>
/// Finds model files below folders. Follows links (the cache of Hugging Face is made of them), visits each folder and each file once
/// however many ways
/// lead there, and goes on where a folder cannot be read.
/// </summary>
internal sealed class FolderWalker(ScanErrors errors, CancellationToken cancellation)
{
    private const int FolderBound = 100_000;
    private const int FileBound = 100_000;
    private const int DepthBound = 32;
    private const int RevisionBound = 200; // a commit has 40 characters

    private static readonly EnumerationOptions Options = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly HashSet<string> _folders = [];
    private readonly Dictionary<string, ModelFile> _files = []; // by what the path leads to in the end
    private readonly Dictionary<string, string?> _main = []; // one a repository of a cache that has several snapshots
    private readonly Stack<(string Path, int Depth)> _open = new();

    /// <summary>All model files below the roots; of those that the cache of Hugging Face has in several snapshots, one.</summary>
    public IReadOnlyCollection<ModelFile> Walk(IEnumerable<string> roots)
    {
        foreach (var root in roots)
        {
            if (!Directory.Exists(root))
                errors.Add(root, DiskEntry.WhyNoFolder(root));
            else
                _open.Push((Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)), 0));
        }

        while (_open.TryPop(out var folder) && _files.Count < FileBound)
        {
            cancellation.ThrowIfCancellationRequested();
            Visit(folder.Path, folder.Depth);
        }

        return HubPlace.Choose(_files.Values, MainOf);
    }

    // The snapshot that a repository's refs/main names.
    private string? MainOf(string repository)
    {
        if (_main.TryGetValue(repository, out var known))
            return known;
        try
        {
            var file = new FileInfo(Path.Combine(repository, "refs", "main"));
            return _main[repository] = file is { Exists: true, Length: <= RevisionBound } ? File.ReadAllText(file.FullName).Trim() : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return _main[repository] = null;
        }
    }

    // The same one of several ways, scan after scan: the one of the snapshot that counts, else the first by its name.
    private bool IsBetter(string path, string other)
    {
        bool IsMain(string way) => HubPlace.Parse(way) is { } place && place.Revision == MainOf(place.Repository);
        return IsMain(path) != IsMain(other) ? IsMain(path) : string.CompareOrdinal(path, other) < 0;
    }

    private void Visit(string folder, int depth)
    {
        try
        {
            var real = RealPath.Of(folder);
            if (!_folders.Add(real) || _folders.Count > FolderBound)
                return;
            if (OllamaFolder.Is(folder))
            {
                foreach (var file in OllamaFolder.Files(folder, errors, cancellation))
                    _files.TryAdd(file.Path, file);
                return;
            }

            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Options))
            {
                if (entry.Name.EndsWith(ModelFileName.Extension, StringComparison.OrdinalIgnoreCase) && entry is FileInfo file)
                    Add(file, real);
                else if (entry is DirectoryInfo && depth < DepthBound && !entry.Name.StartsWith('.'))
                    _open.Push((entry.FullName, depth + 1));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add(folder, Explain(error));
        }
    }

    private void Add(FileInfo file, string folder)
    {
        try
        {
            var real = file.LinkTarget is null ? Path.Combine(folder, file.Name) : RealPath.Of(file.FullName);
            if (!File.Exists(real))
                errors.Add(
                    file.FullName,
                    DiskEntry.IsShut(real)
                        ? $"This link leads to {real}, and the dashboard may not enter a folder above that. Give its user access."
                        : "This link leads to a file that does not exist."
                );
            else if (!_files.TryGetValue(real, out var other) || IsBetter(file.FullName, other.Path))
                _files[real] = DiskEntry.Describe(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add(file.FullName, Explain(error));
        }
    }

    /// <summary>Why a file or folder could not be opened.</summary>
    public static string Explain(Exception error) =>
        error switch
        {
            UnauthorizedAccessException => "The dashboard may not read this. Give its user read access.",
            _ => $"It could not be read: {error.Message}",
        };
}
