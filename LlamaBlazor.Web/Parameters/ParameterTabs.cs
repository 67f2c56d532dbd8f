using System.Collections.Concurrent;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters;

/// <summary>A heading of a form and the fields under it.</summary>
/// <param name="Id">Word for the page's ids.</param>
/// <param name="Title">The heading.</param>
/// <param name="Definitions">The fields.</param>
public sealed record ParameterGroup(string Id, string Title, IReadOnlyList<ParameterDefinition> Definitions);

/// <summary>Which parameter stands on which tab, under which heading.</summary>
internal static class ParameterTabs
{
    /// <summary>The tab of a model's overrides of server settings.</summary>
    public const string Overrides = "overrides";

    private const string Kept = "Kept for compatibility";
    private static readonly ConcurrentDictionary<string, IReadOnlyList<ParameterGroup>> Known = new();

    /// <summary>The headings of a tab in the order of the catalogue; what is never passed on comes last.</summary>
    public static IReadOnlyList<ParameterGroup> Groups(string tab) => Known.GetOrAdd(tab, static tab => [.. Definitions(tab)
        .GroupBy(definition => definition.KeptOnly ? Kept : definition.Group)
        .OrderBy(group => group.Key == Kept)
        .Select(group => new ParameterGroup(group.Key.ToLowerInvariant().Replace(' ', '-'), group.Key, [.. group]))]);

    private static IEnumerable<ParameterDefinition> Definitions(string tab)
    {
        var catalogue = ParameterCatalogue.Current;
        return tab switch
        {
            Overrides => catalogue.SectionOfModel(ConfigSection.Server).Concat(catalogue.Section(ConfigSection.Runtime)),
            "gpu" => catalogue.Tab(tab).Append(catalogue.FindColumn("flash_attn")! with { Group = "Attention" }), // a sampling column, looked for here (acceptance C0.12)
            _ => catalogue.Tab(tab),
        };
    }
}
