using System.Globalization;
using System.Text;
using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Domain.Models.Downloads;

/// <summary>Names for files that come from elsewhere: one segment, no character that a file system or a terminal takes for something
/// else.</summary>
public static class SafeFileName
{
    /// <summary>Bytes of UTF-8 a name may have: file systems take 255, and <c>.part</c> is added.</summary>
    public const int Bound = 240;

    private const string Forbidden = "<>:\"/\\|?*";
    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON",
        "PRN",
        "AUX",
        "NUL",
        "COM1",
        "COM2",
        "COM3",
        "COM4",
        "COM5",
        "COM6",
        "COM7",
        "COM8",
        "COM9",
        "LPT1",
        "LPT2",
        "LPT3",
        "LPT4",
        "LPT5",
        "LPT6",
        "LPT7",
        "LPT8",
        "LPT9",
    };

    /// <summary>The name at the end of a path or address, made safe; null where nothing is left or it is no GGUF file.</summary>
    /// <param name="path">With slashes of either kind; not percent-encoded.</param>
    public static string? FromPath(string path)
    {
        var last = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = Clean(last);
        return clean.EndsWith(ModelFileName.Extension, StringComparison.OrdinalIgnoreCase) && clean.Length > ModelFileName.Extension.Length
            ? Shorten(clean)
            : null;
    }

    /// <summary>Whether a name is safe as it is.</summary>
    /// <param name="name">A name that a person gave.</param>
    public static bool IsSafe(string name) => FromPath(name) == name;

    /// <summary>A folder's name made safe; <c>_</c> where nothing is left.</summary>
    /// <param name="name">One segment.</param>
    public static string Folder(string name) => Clean(name) is { Length: > 0 } clean ? clean : "_";

    private static string Clean(string name)
    {
        var clean = string.Concat(name.EnumerateRunes().Select(rune => IsFine(rune) ? rune.ToString() : "_"))
            .Trim()
            .TrimStart('.')
            .TrimEnd('.', ' ');
        return Devices.Contains(clean.Split('.')[0]) ? "_" + clean : clean;
    }

    private static bool IsFine(Rune rune) =>
        rune != Rune.ReplacementChar
        && Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            )
        && !(rune.IsAscii && Forbidden.Contains((char)rune.Value));

    // Cuts before the extension, never inside a character.
    private static string Shorten(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= Bound)
            return name;
        var stem = new StringBuilder();
        var left = Bound - ModelFileName.Extension.Length;
        foreach (var rune in name[..^ModelFileName.Extension.Length].EnumerateRunes())
        {
            if ((left -= rune.Utf8SequenceLength) < 0)
                break;
            stem.Append(rune.ToString());
        }

        return stem + ModelFileName.Extension;
    }
}
