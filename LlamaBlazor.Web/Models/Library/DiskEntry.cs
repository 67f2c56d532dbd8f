using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Library;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>Files of a model as they lie on the disk now.</summary>
internal static class DiskEntry
{
    /// <summary>A file, or the whole split set that it is a part of; the first part that is there comes first.</summary>
    /// <exception cref="IOException">There is no such file, its folder cannot be read, or links lead in a circle; also <see cref="UnauthorizedAccessException"/>.</exception>
    public static LibraryEntry Of(string path)
    {
        var file = new FileInfo(path);
        if (SplitName.Parse(file.Name) is not { } split)
            return new LibraryEntry { Files = [Describe(file)] };
        if (!file.Exists)
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        var parts = file.Directory!.EnumerateFiles($"*{ModelFileName.Extension}", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = 0, IgnoreInaccessible = false })
            .Where(part => SplitName.Parse(part.Name) is { } name && name.Prefix == split.Prefix && name.Count == split.Count);
        return LibraryEntry.Group(parts.Select(Describe)).Single();
    }

    /// <summary>Size and time of what a path leads to in the end.</summary>
    public static ModelFile Describe(FileInfo file)
    {
        var target = file.LinkTarget is null ? file : new FileInfo(RealPath.Of(file.FullName));
        return new ModelFile(file.FullName, target.Length, new DateTimeOffset(target.LastWriteTimeUtc).ToUnixTimeMilliseconds());
    }
}
