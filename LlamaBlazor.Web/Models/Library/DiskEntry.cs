using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Library;
using LlamaBlazor.Web.Shared.Files;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>Files of a model as they lie on the disk now.</summary>
internal static class DiskEntry
{
    /// <summary>A file, or the whole split set that it is a part of; the first part that is there comes first.</summary>
    /// <exception cref="IOException">There is no such file, its folder cannot be read, or links lead in a circle; also
    /// <see cref="UnauthorizedAccessException"/>.</exception>
    public static LibraryEntry Of(string path)
    {
        var file = new FileInfo(path);
        if (SplitName.Parse(file.Name) is not { } split)
            return new LibraryEntry { Files = [Describe(file)] };
        if (!file.Exists)
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        var parts = file.Directory!.EnumerateFiles(
                $"*{ModelFileName.Extension}",
                new EnumerationOptions
                {
                    MatchCasing = MatchCasing.CaseInsensitive,
                    AttributesToSkip = 0,
                    IgnoreInaccessible = false,
                }
            )
            .Where(part => SplitName.Parse(part.Name) is { } name && name.Prefix == split.Prefix && name.Count == split.Count);
        return LibraryEntry.Group(parts.Select(Describe)).Single();
    }

    /// <summary>Whether a file is not there. One below a folder that this user may not enter may well be.</summary>
    public static bool IsGone(string path) => !File.Exists(path) && !IsShut(path);

    /// <summary>Whether nobody can say what is at a path, because this user may not enter a folder above it.</summary>
    public static bool IsShut(string path)
    {
        try
        {
            File.GetAttributes(path);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (Exception error) when (error is IOException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Why a folder is not there, for people.</summary>
    public static string WhyNoFolder(string path) =>
        IsShut(path)
            ? "The dashboard may not enter a folder above this one. Give its user access to that, or change the folders in the settings."
            : "This folder does not exist. Mount its disk or create it, or change the folders in the settings.";

    /// <summary>Size and time of what a path leads to in the end.</summary>
    public static ModelFile Describe(FileInfo file)
    {
        var target = file.LinkTarget is null ? file : new FileInfo(RealPath.Of(file.FullName));
        return new ModelFile(file.FullName, target.Length, new DateTimeOffset(target.LastWriteTimeUtc).ToUnixTimeMilliseconds());
    }
}
