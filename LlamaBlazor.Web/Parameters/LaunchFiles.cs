using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters;

/// <summary>
/// Files besides the model's first one that a start would fail on, each named as what it is. Relative paths are the engine's own matter.
/// </summary>
/// <param name="ModelPath">File of the model.</param>
/// <param name="Lora">Adapters.</param>
/// <param name="LoraScaled">Adapters with a scale.</param>
/// <param name="ControlVector">Control vectors.</param>
/// <param name="ControlVectorScaled">Control vectors with a scale.</param>
/// <param name="Draft">The draft model.</param>
/// <param name="Projector">The projector.</param>
internal sealed record LaunchFiles(
    string? ModelPath,
    string? Lora,
    string? LoraScaled,
    string? ControlVector,
    string? ControlVectorScaled,
    string? Draft,
    string? Projector
)
{
    private const int NamedParts = 3;

    /// <summary>The files that the settings of a model name.</summary>
    /// <param name="parameters">The settings in force.</param>
    public static LaunchFiles Of(EffectiveParameters parameters)
    {
        string? Find(string column) => parameters.Find(ParameterCatalogue.Current.FindColumn(column)!) as string;
        return new LaunchFiles(
            Find("model_path"),
            Find("lora"),
            Find("lora_scaled"),
            Find("control_vector"),
            Find("control_vector_scaled"),
            Find("model_draft"),
            Find("mmproj")
        );
    }

    /// <summary>What is not there, a sentence each. Asks the disk.</summary>
    public IReadOnlyList<string> Missing() =>
        [
            .. MissingParts(ModelPath, "model"),
            .. MissingItems("lora", Lora, "LoRA adapter"),
            .. MissingItems("lora_scaled", LoraScaled, "LoRA adapter"),
            .. MissingItems("control_vector", ControlVector, "control vector"),
            .. MissingItems("control_vector_scaled", ControlVectorScaled, "control vector"),
            .. MissingFile(Draft, "draft model", "Speculative"),
            .. MissingParts(Draft, "draft model"),
            .. MissingFile(Projector, "projector", "Multimodal"),
        ];

    private static IEnumerable<string> MissingItems(string column, string? list, string what) =>
        list is null
            ? []
            : ParameterValue
                .Files(ParameterCatalogue.Current.FindColumn(column)!, list)
                .SelectMany(path => MissingFile(path, what, "LoRA"));

    private static IEnumerable<string> MissingFile(string? path, string what, string tab)
    {
        if (path is not null && Path.IsPathFullyQualified(path) && !File.Exists(path))
            yield return $"The {what} {path} is not there, or its folder may not be read. Put it back, or clear it on the {tab} tab.";
    }

    // Only where one part is there: a file that is gone altogether is told as such.
    private static IEnumerable<string> MissingParts(string? path, string what)
    {
        if (
            path is null
            || !Path.IsPathFullyQualified(path)
            || !File.Exists(path)
            || SplitName.Parse(Path.GetFileName(path)) is not { } name
        )
            yield break;
        var folder = Path.GetDirectoryName(path)!;
        var missing = Enumerable
            .Range(1, name.Count)
            .Select(part => Path.Combine(folder, name.FileName(part)))
            .Where(part => !File.Exists(part))
            .Take(NamedParts + 1)
            .ToList();
        var named = string.Join(", ", missing.Take(NamedParts)) + (missing.Count > NamedParts ? " and more" : "");
        if (missing.Count > 0)
            yield return $"The {what} is split into {name.Count} files, and not all are there: missing {named}. Copy them beside the "
                + "others.";
    }
}
