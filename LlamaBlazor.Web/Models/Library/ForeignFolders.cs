using LlamaBlazor.Domain.Models.Library;
using LlamaBlazor.Web.Shared.Files;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>Folders of other programs on this machine: may be scanned, but nothing is written to or deleted from them.</summary>
/// <param name="Places">Each with its owner.</param>
internal sealed record ForeignFolders(IReadOnlyList<UsualPlace> Places)
{
    /// <summary>Those of this machine and user.</summary>
    public static ForeignFolders OfThisMachine() =>
        new([.. UsualPlace.Find(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile))]);

    /// <summary>The place that a path lies in, also where a link leads there, or null.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public UsualPlace? Of(string path)
    {
        var real = RealPath.OfEntry(path);
        var end = RealPath.Of(path);
        return Places.FirstOrDefault(place =>
            RealPath.IsInside(real, place.Path) || (Directory.Exists(end) && RealPath.IsInside(end, place.Path))
        );
    }
}
