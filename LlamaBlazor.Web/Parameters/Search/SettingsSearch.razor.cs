using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Shared.ModelTabs;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Parameters.Search;

/// <summary>Finds a setting on any tab, by its name, flag, aliases or description; or lists all that are set.</summary>
public sealed partial class SettingsSearch
{
    /// <summary>Results shown.</summary>
    private const int Bound = 60;

    private string _text = "";
    private bool _onlySet;
    private bool _open;
    private IReadOnlyList<ParameterDefinition> _hits = [];

    /// <summary>The model, or null for the server settings.</summary>
    [Parameter]
    public long? ModelId { get; set; }

    /// <summary>What is set for it.</summary>
    [Parameter, EditorRequired]
    public ParameterSet Own { get; set; } = ParameterSet.Empty;

    [Inject]
    private IEnumerable<ModelTab> Tabs { get; set; } = [];

    private void Type(ChangeEventArgs args)
    {
        _text = (args.Value as string ?? "").Trim();
        Look();
    }

    private void Look()
    {
        _open = _text.Length > 1 || _onlySet;
        _hits = _open ? [.. ParameterSearch.Find(_text, _onlySet ? Own : null, ModelId is not null).Take(Bound)] : [];
    }

    private string Href(ParameterDefinition definition) =>
        (ModelId is { } id ? $"models/{id}/{Key(definition)}" : "server") + $"#p-{definition.Column}";

    private string TabTitle(ParameterDefinition definition) =>
        ModelId is null ? definition.Group : Tabs.FirstOrDefault(tab => tab.Key == Key(definition))?.Title ?? "";

    private static string Key(ParameterDefinition definition) => ParameterTabs.KeyOf(definition.Tab!);

    private static string Shown(ParameterDefinition definition, object value) =>
        definition.Secret ? ShellText.Mask
        : ParameterText.Brief(definition, value) is { Length: > 60 } text ? text[..60] + "…"
        : ParameterText.Brief(definition, value);
}
