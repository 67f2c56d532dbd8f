using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Maintenance;

/// <summary>Which of the files that somebody chose is the database, and which its journals are. SQLite keeps what was committed last in a
/// <c>-wal</c> beside the database.</summary>
/// <param name="Main">Place of the database among the files.</param>
/// <param name="Journals">Its journals: place among the files, and how the name goes on after the database's.</param>
public sealed record UploadChoice(int Main, IReadOnlyList<(int Place, string Suffix)> Journals)
{
    /// <summary>Bytes of a database that <see cref="IsWriteAhead"/> looks at.</summary>
    public const int HeadLength = 20;

    /// <summary>Files that can be chosen at once: a database with all that may lie beside it.</summary>
    public const int Bound = 4;

    /// <summary>How the name of a write-ahead log goes on after the database's.</summary>
    public const string WriteAheadLog = "-wal";

    private static readonly string[] Suffixes = [WriteAheadLog, "-journal"];

    /// <summary>Tells the files apart by their names. The <c>-shm</c>, which only running programs share, is passed over.</summary>
    /// <param name="names">The names.</param>
    /// <returns>Invalid when there is not exactly one database, or a journal is of another one.</returns>
    public static Result<UploadChoice> Of(IReadOnlyList<string> names)
    {
        var places = Enumerable.Range(0, names.Count).Where(place => !names[place].EndsWith("-shm", StringComparison.Ordinal)).ToList();
        var mains = places.Where(place => SuffixOf(names[place]) is null).ToList();
        if (mains.Count != 1)
            return Failure.Invalid(
                "file",
                $"Choose one database, together with its {WriteAheadLog} file where there is one: "
                    + $"{(mains.Count == 0 ? "none of these is a database" : "these are several")}."
            );
        var main = names[mains[0]];
        var journals = places.Except(mains).ToList();
        foreach (var stray in journals.Where(place => names[place] != main + SuffixOf(names[place])))
            return Failure.Invalid(
                "file",
                $"{names[stray]} does not belong to {main}. Choose {main}{SuffixOf(names[stray])}, or the database alone."
            );
        return new UploadChoice(mains[0], [.. journals.Select(place => (place, SuffixOf(names[place])!))]);
    }

    /// <summary>Whether a database keeps what was committed last in a file beside it: bytes 18 and 19 of its head are 2 (sqlite.org,
    /// fileformat2, 1.3).</summary>
    /// <param name="head">The first bytes of the file.</param>
    public static bool IsWriteAhead(ReadOnlySpan<byte> head) =>
        head.Length >= HeadLength && head.StartsWith("SQLite format 3\0"u8) && head[18] == 2;

    private static string? SuffixOf(string name) => Array.Find(Suffixes, suffix => name.EndsWith(suffix, StringComparison.Ordinal));
}
