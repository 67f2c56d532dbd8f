namespace LlamaBlazor.Domain.Parameters;

/// <summary>Paths as they are written on another machine, of either kind of slash.</summary>
public static class ForeignPath
{
    /// <summary>Whether a path begins at a root: of Linux, of a drive of Windows, or of a network share.</summary>
    /// <param name="path">Any text.</param>
    public static bool IsAbsolute(string path) =>
        path.StartsWith('/')
        || path.StartsWith("\\\\", StringComparison.Ordinal)
        || (path.Length > 2 && char.IsAsciiLetter(path[0]) && path[1] == ':' && path[2] is '\\' or '/');

    /// <summary>A relative path below a folder, with <c>.</c> and <c>..</c> taken away where they can be.</summary>
    /// <param name="folder">An absolute folder.</param>
    /// <param name="path">A relative path.</param>
    public static string Join(string folder, string path)
    {
        var slash = folder.Contains('\\') ? '\\' : '/';
        var parts = Parts(folder).ToList();
        foreach (var part in Parts(path).Where(part => part != "."))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else
                parts.Add(part);
        }

        return (
                folder.StartsWith("\\\\", StringComparison.Ordinal) ? "\\\\"
                : folder[0] == '/' ? "/"
                : ""
            ) + string.Join(slash, parts);
    }

    /// <summary>The last part of a path.</summary>
    /// <param name="path">A path.</param>
    public static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>The parts of a path, without empty ones.</summary>
    /// <param name="path">A path.</param>
    public static IEnumerable<string> Parts(string path) => path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
}
