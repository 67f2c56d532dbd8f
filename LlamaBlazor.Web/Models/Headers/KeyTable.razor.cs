using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace LlamaBlazor.Web.Models.Headers;

/// <summary>The keys of a header.</summary>
public sealed partial class KeyTable
{
    private const int ShownBound = 200;
    private const int RowBound = 500;

    private string _text = "";

    [Parameter, EditorRequired]
    public Model Model { get; set; } = null!;

    [Parameter, EditorRequired]
    public GgufMetadata Metadata { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    private List<GgufEntry> Found => [.. Metadata.Entries
        .Where(entry => entry.Key.Contains(_text, StringComparison.OrdinalIgnoreCase) || Shown(entry.Value).Contains(_text, StringComparison.OrdinalIgnoreCase))
        .Take(RowBound)];

    private static string Shown(GgufValue value)
    {
        var text = MetadataText.Show(value);
        return text.Length <= ShownBound ? text : text[..ShownBound] + "…";
    }
}
