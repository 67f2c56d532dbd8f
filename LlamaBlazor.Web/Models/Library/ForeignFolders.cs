using LlamaBlazor.Domain.Models.Library;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>Folders of other programs on this machine: may be scanned, but nothing is written to or deleted from them.</summary>
/// <param name="Places">Each with its owner.</param>
internal sealed record ForeignFolders(IReadOnlyList<UsualPlace> Places)
{
    /// <summary>Those of this machine and user.</summary>
    public static ForeignFolders OfThisMachine() => new([.. UsualPlace.Find(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile))]);

    /// <summary>The place that a path lies in, or null.</summary>
    public UsualPlace? Of(string path)
    {
        var full = Path.GetFullPath(path);
        return Places.FirstOrDefault(place => full == place.Path || full.StartsWith(Path.TrimEndingDirectorySeparator(place.Path) + Path.DirectorySeparatorChar, StringComparison.Ordinal));
    }
}
