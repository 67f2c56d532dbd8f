namespace LlamaBlazor.Domain.Models.Library;

/// <summary>
/// A file's place in the cache of Hugging Face: <c>models--OWNER--NAME/snapshots/REVISION/PATH</c>. Each snapshot links to blobs that
/// revisions share, and
/// <c>refs/main</c> names the one that counts (huggingface_hub, "Understand caching").
/// </summary>
/// <param name="Repository">Absolute path of the repository's folder.</param>
/// <param name="Revision">Name of the snapshot.</param>
/// <param name="File">Path inside of it, with slashes.</param>
public sealed record HubPlace(string Repository, string Revision, string File)
{
    /// <summary>The place that a path tells, or null outside of such a cache.</summary>
    /// <param name="path">Absolute.</param>
    public static HubPlace? Parse(string path)
    {
        if (!path.Contains("models--", StringComparison.Ordinal)) // asked for each file of a scan
            return null;
        var segments = path.Split('/', '\\');
        for (var i = segments.Length - 4; i >= 0; i--)
        {
            if (segments[i + 1] == "snapshots" && segments[i].StartsWith("models--", StringComparison.Ordinal))
                return new HubPlace(
                    path[..(segments.Take(i + 1).Sum(segment => segment.Length + 1) - 1)],
                    segments[i + 2],
                    string.Join('/', segments[(i + 3)..])
                );
        }

        return null;
    }

    /// <summary>
    /// One of several snapshots for each file of a repository: that of <c>refs/main</c>, else the youngest. Files outside of the cache
    /// stay as they are.
    /// </summary>
    /// <param name="files">What was found.</param>
    /// <param name="mainOf">The revision of <c>refs/main</c> of a repository, or null.</param>
    public static IReadOnlyList<ModelFile> Choose(IReadOnlyCollection<ModelFile> files, Func<string, string?> mainOf)
    {
        var placed = files.ToLookup(file => Parse(file.Path) is { } place ? (place.Repository, place.File) : default);
        return
        [
            .. placed.SelectMany(group =>
                group.Key == default || group.Count() == 1 ? (IEnumerable<ModelFile>)group : [Best(group, mainOf(group.Key.Repository))]
            ),
        ];
    }

    private static ModelFile Best(IEnumerable<ModelFile> files, string? main) =>
        files
            .OrderByDescending(file => Parse(file.Path)!.Revision == main)
            .ThenByDescending(file => file.ModifiedAt)
            .ThenBy(file => file.Path, StringComparer.Ordinal)
            .First();
}
