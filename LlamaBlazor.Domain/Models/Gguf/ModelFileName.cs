using System.Globalization;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>What the name of a model file tells: the model's name, its quantisation, whether it looks like a projector.</summary>
public static partial class ModelFileName
{
    /// <summary>Characters of a model's name.</summary>
    public const int NameBound = 200;

    /// <summary>Extension of model files; compared without regard to case.</summary>
    public const string Extension = ".gguf";

    /// <summary>Added to the name of a file that is still being downloaded.</summary>
    public const string PartExtension = ".part";

    /// <summary>
    /// The model's name: the file name without extension and part number, with characters that no name may hold (line breaks, marks that
    /// turn the
    /// reading direction) replaced, and never a number alone, which would be an id.
    /// </summary>
    /// <param name="fileName">Name without folders.</param>
    public static string ModelName(string fileName)
    {
        var stem = SplitName.Parse(fileName)?.Prefix ?? Stem(fileName);
        var clean = string.Concat(
                stem.Select(c => char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '_' : c)
            )
            .Trim();
        if (clean.Length == 0 || clean.All(char.IsAsciiDigit))
            clean = "model-" + clean;
        return clean[..Math.Min(clean.Length, NameBound)];
    }

    /// <summary>A quantisation in the name, such as <c>Q4_K_M</c>, or null. The last one counts.</summary>
    /// <param name="fileName">Name without folders.</param>
    public static string? Quantization(string fileName)
    {
        var match = QuantizationPattern().Matches(Stem(fileName)).LastOrDefault();
        return match?.Value.ToUpperInvariant();
    }

    /// <summary>Whether a file is called as projectors are: <c>mmproj-…</c> or <c>…-mmproj-…</c>.</summary>
    /// <param name="fileName">Name without folders.</param>
    public static bool LooksLikeProjector(string fileName) => fileName.Contains("mmproj", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a file is called as importance matrices are, which quantisers use and nothing runs: <c>imatrix.gguf</c>, but not
    /// <c>…-imatrix-Q4_K_M.gguf</c>.</summary>
    /// <param name="fileName">Name without folders.</param>
    public static bool LooksLikeImportance(string fileName) =>
        fileName.Contains("imatrix", StringComparison.OrdinalIgnoreCase) && Quantization(fileName) is null;

    /// <summary>
    /// What two files of one model have in common: letters and digits of the name without quantisation and projector words. A projector
    /// belongs to the model whose key starts with the projector's.
    /// </summary>
    /// <param name="fileName">Name without folders.</param>
    public static string PairingKey(string fileName)
    {
        var stem = NoisePattern().Replace(SplitName.Parse(fileName)?.Prefix ?? Stem(fileName), " ");
        return string.Concat(stem.Where(char.IsLetterOrDigit)).ToLowerInvariant();
    }

    private static string Stem(string fileName) =>
        fileName.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? fileName[..^Extension.Length] : fileName;

    [GeneratedRegex(
        @"(?<![A-Za-z0-9])(I?Q\d_[A-Z0-9]+(_[A-Z]{1,3})?(_R\d)?|T?Q\d_\d|BF16|F16|F32|MXFP4(_MOE)?|NVFP4)(?![A-Za-z0-9])",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex QuantizationPattern();

    [GeneratedRegex(
        @"(?<![A-Za-z0-9])((UD|i1|smol)[-_.])?(I?Q\d_[A-Z0-9]+(_[A-Z]{1,3})?(_R\d)?|I?Q\d|BF16|F16|F32|MXFP4(_MOE)?|NVFP4|mmproj|model)(?![A-Za-z0-9])",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NoisePattern();
}
