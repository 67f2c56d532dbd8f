using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Which parameters name files and folders, and whether those are there.</summary>
internal static class ParameterPaths
{
    // What the engine writes itself need not be there.
    private static readonly HashSet<string> Written =
    [
        "log_file",
        "log_prompts_dir",
        "lookup_cache_dynamic",
        "models_dir",
        "models_preset",
    ];
    private static readonly HashSet<string> Folders = ["slot_save_path", "media_path", "path", "models_dir", "log_prompts_dir"];

    /// <summary>Whether the path is that of a folder.</summary>
    public static bool IsFolder(ParameterDefinition definition) => Folders.Contains(definition.Column);

    /// <summary>What is wrong with the paths that are set, by column. Asks the disk, so not on a circuit.</summary>
    /// <param name="definitions">The parameters to look at.</param>
    /// <param name="find">Value of a column, or null.</param>
    public static IReadOnlyDictionary<string, string> Missing(
        IEnumerable<ParameterDefinition> definitions,
        Func<ParameterDefinition, object?> find
    )
    {
        var missing = new Dictionary<string, string>();
        foreach (var definition in definitions.Where(definition => !Written.Contains(definition.Column)))
        {
            if (
                find(definition) is string text
                && Files(definition, text).Select(path => Wrong(path, IsFolder(definition))).FirstOrDefault(wrong => wrong is not null)
                    is { } message
            )
                missing[definition.Column] = message;
        }

        return missing;
    }

    /// <summary>The paths that a value names.</summary>
    public static IEnumerable<string> Files(ParameterDefinition definition, string text) =>
        definition.Kind == ParameterKind.Path ? [text]
        : definition.NamesFiles ? ParameterValue.Files(definition, text)
        : [];

    private static string? Wrong(string path, bool folder)
    {
        if (!Path.IsPathFullyQualified(path))
            return $"{path} is relative: engines run in the data folder, so it is looked for there. Give an absolute path.";
        if (folder ? Directory.Exists(path) : File.Exists(path))
            return null;
        return Path.Exists(path)
            ? $"{path} is a {(folder ? "file, not a folder" : "folder, not a file")}."
            : $"There is no {path} that the dashboard can see. Correct the path, or clear the field.";
    }
}
