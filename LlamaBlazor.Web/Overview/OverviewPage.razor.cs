using LlamaBlazor.Domain.Telemetry;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace LlamaBlazor.Web.Overview;

/// <summary>The first page: what runs, how the machine does. Its tiles and charts are fed by the browser itself from the hub.</summary>
public sealed partial class OverviewPage : IAsyncDisposable
{
    private ElementReference _root;
    private IJSObjectReference? _module;
    private IJSObjectReference? _board;
    private bool _left;

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    [Inject]
    internal MetricWindow Window { get; set; } = null!;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _left = true;
        try
        {
            if (_board is not null)
            {
                await _board.InvokeVoidAsync("dispose");
                await _board.DisposeAsync();
            }

            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone and took everything with it.
        }
    }

    // What makes sense on this machine, by the last sample; the script goes on from there. Known with the first render, so that nothing is
    // inserted above what is being read.
    private bool Holds(string? condition) =>
        (condition, Window.Latest) switch
        {
            (null, _) => true,
            (_, null) => false,
            ("gpu", { } latest) => latest.Gpus.Count > 0,
            ("no-gpu", { } latest) => latest.Gpus.Count == 0,
            ("swap", { } latest) => latest.SwapUsage is not null,
            (_, { } latest) => latest.Load1Min is not null,
        };

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        try
        {
            _module = await Browser.InvokeAsync<IJSObjectReference>("import", $"/{Assets["js/charts.js"]}");
            var scripts = new
            {
                signalr = $"/{Assets["lib/signalr/signalr.min.js"]}",
                apexcharts = $"/{Assets["lib/apexcharts/apexcharts.min.js"]}",
            };
            _board = await _module.InvokeAsync<IJSObjectReference>("attach", _root, scripts);
            if (_left)
                await DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // Left before it was drawn.
        }
    }
}
