using System.Text;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>The reference of all options, made from the catalogue: <c>docs/parameters.md</c>.</summary>
public static class ParameterReference
{
    /// <summary>Everything that is described: the options of llama-server, then what has no flag: settings of the dashboard, and columns
    /// kept for compatibility.</summary>
    /// <param name="catalogue">The catalogue.</param>
    public static IReadOnlyList<ParameterDefinition> All(ParameterCatalogue catalogue) =>
        [.. catalogue.Options, .. catalogue.Columns.Where(definition => definition.Flag is null)];

    /// <summary>The whole document.</summary>
    /// <param name="catalogue">The catalogue.</param>
    public static string Markdown(ParameterCatalogue catalogue)
    {
        var text = new StringBuilder(
            "# Parameters\n\nMade from the catalogue (`LlamaBlazor.Domain/Parameters/Catalogue/llama-server.json`); the same as the "
                + "page `/parameters`. Do not edit.\n\n"
        );
        var all = All(catalogue);
        text.Append(catalogue.Options.Count)
            .Append(" options of llama-server, and ")
            .Append(all.Count - catalogue.Options.Count)
            .Append(
                " settings that have no flag: the dashboard's own, and some that are kept for compatibility. A setting that is empty, "
                    + "or equals the default, is not passed on.\n"
            );
        foreach (var group in all.GroupBy(Place).OrderBy(group => group.Key == NoTab))
        {
            text.Append("\n## ")
                .Append(group.Key)
                .Append("\n\n| setting | flag | environment | value | default | what it does |\n|---|---|---|---|---|---|\n");
            foreach (var definition in group)
                text.Append("| ").AppendJoin(" | ", Cells(definition).Select(Escape)).Append(" |\n");
        }

        return text.ToString();
    }

    /// <summary>Where a parameter is set.</summary>
    /// <param name="definition">The parameter.</param>
    public static string Place(ParameterDefinition definition) =>
        definition.Tab switch
        {
            null => NoTab,
            "gpu" => "GPU",
            "lora" => "LoRA",
            "overrides" => "Server overrides",
            { } tab => $"{char.ToUpperInvariant(tab[0])}{tab[1..]}",
        };

    /// <summary>What a value looks like.</summary>
    /// <param name="definition">The parameter.</param>
    public static string ValueText(ParameterDefinition definition)
    {
        var kind = definition switch
        {
            { Emission: Emission.Action } => "an action, never part of a launch",
            { Emission: Emission.Removed, ReplacedBy: { } successor } => $"removed, use {successor}",
            { KeptOnly: true } => "kept for compatibility, never passed on",
            { Choices.Count: > 0 } => string.Join(", ", definition.Choices),
            _ => definition.Kind switch
            {
                ParameterKind.Switch => definition.Negation is null ? "on" : "on, off",
                ParameterKind.WholeNumber => "whole number",
                ParameterKind.Number => "number",
                ParameterKind.Path => "path",
                ParameterKind.Json => "JSON object",
                ParameterKind.Items or ParameterKind.List => "list",
                _ => "text",
            },
        };
        var range = definition.Choices.Count > 0 ? null : ParameterValidator.RangeText(definition);
        return string.Join(", ", new[] { kind, range, definition.Unit }.Where(part => part is not null));
    }

    private const string NoTab = "Without a field";

    private static string[] Cells(ParameterDefinition definition) =>
        [
            definition.HasColumn ? $"`{definition.Column}`" : "",
            string.Join(" ", definition.Spellings.Select(spelling => $"`{spelling}`")),
            string.Join(" ", new[] { definition.Env, definition.EnvNegation }.OfType<string>().Select(name => $"`{name}`")),
            ValueText(definition),
            definition.Default is null ? definition.Unset ?? "" : ParameterText.Default(definition),
            definition.Note is { } note ? $"{definition.Description}. {note}" : definition.Description + ".",
        ];

    private static string Escape(string cell) => cell.Replace("|", "\\|").Replace("<", "&lt;").Replace("\n", " ");
}
