using System.Collections.Concurrent;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters;

/// <summary>A heading of a form and the fields under it.</summary>
/// <param name="Id">Word for the page's ids.</param>
/// <param name="Title">The heading.</param>
/// <param name="Definitions">The fields.</param>
public sealed record ParameterGroup(string Id, string Title, IReadOnlyList<ParameterDefinition> Definitions)
{
    /// <summary>What to know before anything here is changed, or null.</summary>
    public string? Notice =>
        Title switch
        {
            "Dangerous" =>
                "These let whoever reaches the engine read files or run commands on this machine. Leave them off unless you know "
                    + "everyone who can reach it.",
            "Decided by the dashboard" =>
                "The dashboard gives each engine its own address and port; what is set here is kept but not passed on.",
            _ => null,
        };
}

/// <summary>Which parameter stands on which tab, under which heading.</summary>
internal static class ParameterTabs
{
    /// <summary>The tab of a model's overrides of server settings.</summary>
    public const string Overrides = "overrides";

    /// <summary>Key of the tab on the model's page, the last word of its address.</summary>
    /// <param name="tab">Name of a tab in the catalogue.</param>
    public static string KeyOf(string tab) => tab == Overrides ? "server" : tab;

    private const string Kept = "Kept for compatibility";

    // What most people look for first; headings that are not named here follow in the order of the catalogue.
    private static readonly string[] Order =
    [
        "Running this model",
        "Source",
        "Identity",
        "Context and batches",
        "CPU threads",
        "Temperature and truncation",
        "Repetition",
        "Sampler chain",
        "Constraints",
        "Offloading",
        "Attention",
        "Devices",
        "Method",
        "Draft model",
        "Reasoning",
        "Fit to memory",
        "Chat template",
        "Slots",
        "Endpoints",
        "Web interface",
        "Connection",
        "Checkpoints and start",
        "Time-outs and threads",
        "Access and TLS",
        "Logging",
    ];

    private static readonly string[] Last = ["Dangerous", "Decided by the dashboard", Kept];
    private static readonly ConcurrentDictionary<string, IReadOnlyList<ParameterGroup>> Known = new();

    /// <summary>The headings of a tab in the order of the catalogue; what is never passed on comes last.</summary>
    public static IReadOnlyList<ParameterGroup> Groups(string tab) =>
        Known.GetOrAdd(
            tab,
            static tab =>
                [
                    .. Definitions(tab)
                        .Where(definition => definition.Emission != Emission.Action) // a button, not a setting
                        .GroupBy(definition => definition.KeptOnly ? Kept : definition.Group)
                        .OrderBy(group => Array.IndexOf(Last, group.Key))
                        .ThenBy(group => Array.IndexOf(Order, group.Key) is var place and >= 0 ? place : Order.Length)
                        .Select(group => new ParameterGroup(group.Key.ToLowerInvariant().Replace(' ', '-'), group.Key, [.. group])),
                ]
        );

    private static IEnumerable<ParameterDefinition> Definitions(string tab)
    {
        var catalogue = ParameterCatalogue.Current;
        return tab switch
        {
            Overrides => catalogue.SectionOfModel(ConfigSection.Server).Concat(catalogue.Section(ConfigSection.Runtime)),
            // a sampling column, looked for here (acceptance C0.12)
            "gpu" => catalogue.Tab(tab).Append(catalogue.FindColumn("flash_attn")! with { Group = "Attention" }),
            _ => catalogue.Tab(tab),
        };
    }
}
