using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Domain.Models.Downloads;

/// <summary>One thing a repository offers: a model in one quantisation, with all its parts, or a projector.</summary>
/// <param name="Name">File name without extension and part number.</param>
/// <param name="Quantization">Such as <c>Q4_K_M</c>, or null where the name does not tell.</param>
/// <param name="IsProjector">True for a multimodal projector.</param>
/// <param name="Files">Its files, first part first.</param>
/// <param name="MissingParts">Number of parts that the repository lacks.</param>
public sealed record HubChoice(string Name, string? Quantization, bool IsProjector, IReadOnlyList<HubFile> Files, int MissingParts)
{
    // What most people want, best first: a good quality for its size, then what is left.
    private static readonly string[] Preference = ["Q4_K_M", "Q8_0", "Q4_0", "MXFP4", "F16", "BF16"];
    private static readonly string[] ProjectorPreference = ["F16", "BF16", "Q8_0", "F32"];

    /// <summary>Bytes of all files.</summary>
    public long Size => Files.Sum(file => file.Size);

    /// <summary>All that a list of files offers, models by size first, then projectors. A split set is one choice.</summary>
    /// <param name="files">The files of a repository.</param>
    public static IReadOnlyList<HubChoice> Group(IEnumerable<HubFile> files) =>
        [
            .. files
                .Where(file =>
                    file.Name.EndsWith(ModelFileName.Extension, StringComparison.OrdinalIgnoreCase)
                    && !ModelFileName.LooksLikeImportance(file.Name)
                )
                .GroupBy(file =>
                    SplitName.Parse(file.Name) is { } split ? (Folder(file), split.Prefix, split.Count) : (Folder(file), file.Name, 0)
                )
                .Select(set => Of(set.Key.Item3, [.. set.OrderBy(file => file.Name, StringComparer.Ordinal)]))
                .OrderBy(choice => choice.IsProjector)
                .ThenBy(choice => choice.Size)
                .ThenBy(choice => choice.Name, StringComparer.Ordinal),
        ];

    /// <summary>The model meant by a word such as <c>Q4_K_M</c>; without one the usual quantisation. Null where nothing is meant.</summary>
    /// <param name="choices">What is offered.</param>
    /// <param name="quantization">The word, or null.</param>
    public static HubChoice? Find(IReadOnlyList<HubChoice> choices, string? quantization)
    {
        var models = choices.Where(choice => !choice.IsProjector).ToList();
        if (quantization is null || quantization.Equals("latest", StringComparison.OrdinalIgnoreCase))
            return Preference.Select(word => models.Find(model => model.Quantization == word)).FirstOrDefault(model => model is not null)
                ?? models.FirstOrDefault();
        return models.Where(model => Says(model.Name, quantization)).OrderBy(model => model.Name.Length).FirstOrDefault()
            ?? models.Find(model => string.Equals(model.Quantization, quantization, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The projector to use with a model of the same repository, or null.</summary>
    /// <param name="choices">What is offered.</param>
    public static HubChoice? FindProjector(IReadOnlyList<HubChoice> choices)
    {
        var projectors = choices.Where(choice => choice.IsProjector).ToList();
        return ProjectorPreference
                .Select(word => projectors.Find(projector => projector.Quantization == word))
                .FirstOrDefault(projector => projector is not null)
            ?? projectors.FirstOrDefault();
    }

    private static HubChoice Of(int count, IReadOnlyList<HubFile> files)
    {
        var name = files[0].Name;
        var stem = SplitName.Parse(name)?.Prefix ?? name[..^ModelFileName.Extension.Length];
        var quantization = ModelFileName.Quantization(stem) ?? ModelFileName.Quantization(Folder(files[0]));
        return new HubChoice(stem, quantization, ModelFileName.LooksLikeProjector(name), files, Math.Max(0, count - files.Count));
    }

    private static string Folder(HubFile file) => file.Path.Length > file.Name.Length ? file.Path[..^(file.Name.Length + 1)] : "";

    // The word stands alone in the name: Q4_K is not in Q4_K_M.
    private static bool Says(string name, string word)
    {
        for (
            var at = name.IndexOf(word, StringComparison.OrdinalIgnoreCase);
            at >= 0;
            at = name.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase)
        )
        {
            if ((at == 0 || !IsLetter(name[at - 1])) && (at + word.Length == name.Length || !IsLetter(name[at + word.Length])))
                return true;
        }

        return false;
    }

    private static bool IsLetter(char c) => char.IsLetterOrDigit(c) || c == '_';
}
