using System.Text.RegularExpressions;

namespace LlamaBlazor.Tests.Support;

/// <summary>Text as a reader sees it.</summary>
internal static partial class PlainText
{
    /// <summary>Each run of blanks and line ends as one blank, as a browser shows it.</summary>
    public static string Plain(this string text) => Blanks().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
