using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Models.Headers;

/// <summary>The keys of a header.</summary>
public sealed partial class KeyTable
{
    private const int ShownBound = 200;
    private const int PageSize = 500;

    private string _text = "";
    private int _pages = 1;

    [Parameter, EditorRequired]
    public Model Model { get; set; } = null!;

    [Parameter, EditorRequired]
    public GgufMetadata Metadata { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    private List<GgufEntry> Found =>
        [
            .. Metadata.Entries.Where(entry =>
                entry.Key.Contains(_text, StringComparison.OrdinalIgnoreCase)
                || MetadataText.Show(entry.Value).Contains(_text, StringComparison.OrdinalIgnoreCase)
            ),
        ];

    // Longer than a row shows; what the reader itself has cut, longer than 256 KiB, ends with a sign.
    private static bool IsShortened(GgufValue value) =>
        value is not { Type: GgufType.Array, IsCut: true } && MetadataText.Show(value).Length > ShownBound;

    private static string Whole(GgufValue value) => MetadataText.Show(value) + (value is { Type: GgufType.Text, IsCut: true } ? "…" : "");

    private void Search(ChangeEventArgs change) => (_text, _pages) = (change.Value as string ?? "", 1);

    private static string Shown(GgufValue value)
    {
        var text = MetadataText.Show(value);
        return text.Length <= ShownBound ? text : text[..ShownBound] + "…";
    }
}
