using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Resources.Pages;

/// <summary>The GPUs of the last sample with the allocations of the database.</summary>
public sealed partial class GpuPanel
{
    private IReadOnlyList<AllocationItem> _allocations = [];

    [Inject]
    internal MetricWindow Window { get; set; } = null!;

    [Inject]
    internal Broadcast<Sample> Samples { get; set; } = null!;

    [Inject]
    internal InstanceBoard Board { get; set; } = null!;

    [Inject]
    internal AllocationStore Allocations { get; set; } = null!;

    private IReadOnlyList<GpuSample> Gpus => Window.Latest?.Gpus ?? [];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Samples);
        Watch(Board.Changes, change => InvokeAsync(ReadAsync));
        await ReadAsync();
    }

    private IEnumerable<AllocationItem> Of(string gpu) => _allocations.Where(allocation => allocation.GpuId == gpu);

    private async Task ReadAsync()
    {
        if (!Left.IsCancellationRequested)
            _allocations = await Allocations.ListAsync(CancellationToken.None);
    }
}
