using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Parameters.Engines;

/// <summary>The engines in use and what each can do.</summary>
public sealed partial class EngineList : LiveComponent
{
    private IReadOnlyList<EngineListing>? _engines;
    private bool _busy;

    [Inject]
    private EngineDirectory Directory { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => LoadAsync(again: false);

    private async Task LoadAsync(bool again)
    {
        _busy = true;
        try
        {
            _engines = await Task.Run(() => Directory.ListAsync(again, Left), Left);
        }
        finally
        {
            _busy = false;
        }
    }
}
