namespace LlamaBlazor.Web.Shared.Files;

/// <summary>Where a path leads in the end: links are followed in every segment, not only in the last one.</summary>
internal static class RealPath
{
    private const int LinkBound = 40; // as Linux has it

    /// <summary>The path without links. What does not exist is taken as it is written.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        var open = new Stack<string>(); // segments still to go, the next one on top
        Push(open, full[real.Length..]);
        for (var links = 0; open.TryPop(out var name); )
        {
            var next = name == ".." ? Path.GetDirectoryName(real) ?? real : Path.Combine(real, name);
            if (name == ".." || new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > LinkBound)
                throw new IOException($"'{path}' leads through more than {LinkBound} links.");
            if (Path.GetPathRoot(target) is { Length: > 0 } root)
                (real, target) = (Path.GetFullPath(root, real), target[root.Length..]);
            Push(open, target);
        }

        return real;
    }

    /// <summary>The place of a file or link itself: its folder without links, and its own name. That is what a deletion takes
    /// away.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string OfEntry(string path) =>
        Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder ? Path.Combine(Of(folder), Path.GetFileName(path)) : Of(path);

    /// <summary>Whether a path without links is a folder or lies below it.</summary>
    /// <param name="real">Answer of <see cref="Of"/> or <see cref="OfEntry"/>.</param>
    /// <param name="folder">A folder, with links or without.</param>
    public static bool IsInside(string real, string folder)
    {
        try
        {
            var root = Path.TrimEndingDirectorySeparator(Of(folder));
            return real == root
                || real.StartsWith(
                    Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar,
                    StringComparison.Ordinal
                );
        }
        catch (IOException)
        {
            return false; // a folder of links in a circle holds nothing
        }
    }

    private static void Push(Stack<string> open, string path)
    {
        foreach (
            var name in path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)
                .Reverse()
        )
        {
            if (name != ".")
                open.Push(name);
        }
    }
}
