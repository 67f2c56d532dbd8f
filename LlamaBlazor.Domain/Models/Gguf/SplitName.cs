using System.Globalization;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>Place of a file in a split set: <c>PREFIX-00001-of-00003.gguf</c>, counted from 1 (llama.cpp
/// <c>llama_split_path</c>).</summary>
/// <param name="Prefix">Name before the numbers.</param>
/// <param name="Part">From 1.</param>
/// <param name="Count">Number of parts, at most 99,999.</param>
/// <param name="Extension">With its dot, as this file writes it: <c>.gguf</c> or <c>.GGUF</c>.</param>
public sealed partial record SplitName(string Prefix, int Part, int Count, string Extension = ModelFileName.Extension)
{
    /// <summary>The place a file name tells, or null for a single file.</summary>
    /// <param name="fileName">Name without folders.</param>
    public static SplitName? Parse(string fileName)
    {
        var match = Pattern().Match(fileName);
        if (!match.Success)
            return null;
        var name = new SplitName(match.Groups[1].Value, Number(match.Groups[2]), Number(match.Groups[3]), match.Groups[4].Value);
        return name.Part >= 1 && name.Part <= name.Count ? name : null;
    }

    /// <summary>File name of a part.</summary>
    /// <param name="part">From 1.</param>
    public string FileName(int part) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}-{part:00000}-of-{Count:00000}{Extension}");

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(.+)-(\d{5})-of-(\d{5})(\.gguf)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Pattern();
}
