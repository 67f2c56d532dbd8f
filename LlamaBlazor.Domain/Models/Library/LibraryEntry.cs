using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Domain.Models.Library;

/// <summary>A file found in a models folder.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">Unix milliseconds.</param>
/// <param name="Name">Name of the model where the file's own says nothing, or null.</param>
public sealed record ModelFile(string Path, long Size, long ModifiedAt, string? Name = null);

/// <summary>One entry of the library: a single file, or a whole split set that is loaded through its first part.</summary>
public sealed record LibraryEntry
{
    /// <summary>The files that are there, first part first.</summary>
    public required IReadOnlyList<ModelFile> Files { get; init; }

    /// <summary>Parts the names speak of; 1 for a single file.</summary>
    public int SplitCount { get; init; } = 1;

    /// <summary>Parts that are not there, from 1.</summary>
    public IReadOnlyList<int> Missing { get; init; } = [];

    /// <summary>The file to load: the first part.</summary>
    public string Path => Files[0].Path;

    /// <summary>Bytes of all files that are there.</summary>
    // sparse files may claim anything
    public long Size => Files.Aggregate(0L, (sum, file) => file.Size > long.MaxValue - sum ? long.MaxValue : sum + file.Size);

    /// <summary>When the youngest of them changed, in Unix milliseconds.</summary>
    public long ModifiedAt => Files.Max(file => file.ModifiedAt);

    /// <summary>Why the entry cannot be read, or null: without its first part a set has no header.</summary>
    public string? Problem =>
        Missing.Contains(1)
            ? $"Part 1 of {SplitCount} is missing: a split model is loaded through its first part. Put all parts into one folder."
            : null;

    /// <summary>Puts the parts of split sets together. A set is one folder, one prefix and one count.</summary>
    /// <param name="files">Files with the extension of models.</param>
    /// <returns>Entries by path.</returns>
    public static IReadOnlyList<LibraryEntry> Group(IEnumerable<ModelFile> files)
    {
        var split = files.ToLookup(file => SplitName.Parse(System.IO.Path.GetFileName(file.Path)) is not null);
        var singles = split[false].Select(file => new LibraryEntry { Files = [file] });
        var sets = split[true]
            .Select(file => (File: file, Name: SplitName.Parse(System.IO.Path.GetFileName(file.Path))!))
            .GroupBy(part => (System.IO.Path.GetDirectoryName(part.File.Path), part.Name.Prefix, part.Name.Count))
            .Select(set => Set(set.Key.Count, [.. set.OrderBy(part => part.Name.Part)]));
        return [.. singles.Concat(sets).OrderBy(entry => entry.Path, StringComparer.Ordinal)];
    }

    private static LibraryEntry Set(int count, IReadOnlyList<(ModelFile File, SplitName Name)> parts) =>
        new()
        {
            Files = [.. parts.Select(part => part.File)],
            SplitCount = count,
            // a name may claim 99,999 parts
            Missing = [.. Enumerable.Range(1, count).Except(parts.Select(part => part.Name.Part)).Take(1000)],
        };
}
