using System.Text;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>Paths as clients write them, with one way of writing each.</summary>
public static class RoutePath
{
    /// <summary>The path with one slash where there are several, and none at the end. What is written otherwise stays as it is.</summary>
    /// <param name="path">The path, without its query.</param>
    public static string Normal(string path)
    {
        if (!path.Contains("//", StringComparison.Ordinal))
            return path.Length > 1 && path[^1] == '/' ? path[..^1] : path;
        var text = new StringBuilder(path.Length);
        foreach (var letter in path)
        {
            if (letter != '/' || text.Length == 0 || text[^1] != '/')
                text.Append(letter);
        }

        if (text.Length > 1 && text[^1] == '/')
            text.Length--;
        return text.ToString();
    }
}
