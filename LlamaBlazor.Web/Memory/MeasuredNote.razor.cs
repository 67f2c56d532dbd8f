using System.Globalization;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Models;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Memory;

/// <summary>What a model really takes.</summary>
public sealed partial class MeasuredNote
{
    private Measurement? _measured;
    private bool _read;
    private volatile bool _stale;

    /// <summary>The model.</summary>
    [Parameter, EditorRequired]
    public long ModelId { get; set; }

    /// <summary>The estimate for its saved settings, or null. Given anew with each sample, so that what is shown is of now.</summary>
    [Parameter]
    public MemoryProjection? Estimate { get; set; }

    [Inject]
    internal MeasuredMemory Measured { get; set; } = null!;

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    internal MetricWindow Samples { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Store.Changes, change => _stale |= change.Id == ModelId);
        _measured = await Measured.FindAsync(ModelId, Left);
        _read = true;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_stale)
            return;
        _stale = false;
        _measured = await Measured.FindAsync(ModelId, Left);
        StateHasChanged();
    }

    private static long OnGpus(MemoryProjection estimate) => estimate.Devices.SkipLast(1).Sum(device => device.Bytes);

    private static string Difference(long estimate, long measured) =>
        (100.0 * (estimate - measured) / Math.Max(1, measured)).ToString("+0;−0;±0", CultureInfo.InvariantCulture) + " %";
}
