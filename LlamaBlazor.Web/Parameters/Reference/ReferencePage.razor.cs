using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters.Reference;

/// <summary>The reference of all options, made from the catalogue.</summary>
public sealed partial class ReferencePage
{
    private static readonly IReadOnlyList<ParameterDefinition> All = ParameterReference.All(ParameterCatalogue.Current);

    private static string Subtitle =>
        $"All {ParameterCatalogue.Current.Options.Count} options of llama-server in our words, and the {Flagless} settings here "
        + "that have no flag";

    private static int Flagless => All.Count - ParameterCatalogue.Current.Options.Count;

    private string Filter { get; set; } = "";

    private int Count => Shown.Sum(group => group.Count());

    private IEnumerable<IGrouping<string, ParameterDefinition>> Shown =>
        All.Where(Fits).GroupBy(ParameterReference.Place).OrderBy(group => group.First().Tab is null);

    private static string Facts(ParameterDefinition definition) =>
        string.Join(
            " · ",
            new[]
            {
                definition.Label,
                ParameterReference.ValueText(definition),
                definition.Default is null && definition.Unset is null ? null : "default " + ParameterText.Default(definition),
                definition.Env,
                definition.EnvNegation is { } off ? "off by " + off : null,
                definition.Since is { } since
                    ? since.StartsWith("<=", StringComparison.Ordinal)
                        ? $"since {since[2..]} or before"
                        : "since " + since
                    : null,
            }.Where(part => part is { Length: > 0 })
        );

    private bool Fits(ParameterDefinition definition) =>
        Filter.Length == 0
        || definition
            .Spellings.Append(definition.Label)
            .Append(definition.Column)
            .Append(definition.Env ?? "")
            .Append(definition.EnvNegation ?? "")
            .Append(definition.Description)
            .Any(text => text.Contains(Filter.Trim(), StringComparison.OrdinalIgnoreCase));
}
