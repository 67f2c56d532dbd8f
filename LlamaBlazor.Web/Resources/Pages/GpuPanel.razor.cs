using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Telemetry.Gpu;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using MudBlazor;

namespace LlamaBlazor.Web.Resources.Pages;

/// <summary>The cards with who holds them, kept up to date by each start and end; reservations are made and released here.</summary>
public sealed partial class GpuPanel
{
    private const int Bound = 2000;

    private IReadOnlyList<GpuItem> _gpus = [];
    private IReadOnlyList<GpuDriverItem> _troubles = [];
    private IReadOnlyList<string> _models = [];
    private string? _gpu;
    private string? _model;
    private bool _shared;
    private bool _loaded;

    [Inject]
    internal GpuCatalogue Catalogue { get; set; } = null!;

    [Inject]
    internal AllocationStore Allocations { get; set; } = null!;

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    [Inject]
    internal MetricWindow Window { get; set; } = null!;

    [Inject]
    internal IDbContextFactory<LlamaDbContext> Contexts { get; set; } = null!;

    [Inject]
    internal Notices Notices { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Board.Changes, change => InvokeAsync(ReadAsync));
        _models = await Contexts.ReadAsync(context =>
            context.Models.OrderBy(model => model.Name).Take(Bound).Select(model => model.Name).ToListAsync()
        );
        await ReadAsync();
    }

    // The driver's reading of this second; where there is none, what an engine said.
    private (double? Used, double Total, double? Busy, bool IsMeasured) Memory(GpuItem gpu) =>
        Window.Latest?.Gpus.FirstOrDefault(sample => sample.Id == gpu.Id) is { MemoryUsed: { } used, MemoryTotal: > 0 and var total } sample
            ? (used, total, sample.Usage, true)
            : (gpu.MemoryUsed, gpu.MemoryTotal ?? 0, gpu.Usage, false);

    private static string NameOf(GpuItem gpu) => gpu.EngineNames.Count == 0 ? gpu.Id : $"{gpu.Id} ({string.Join(", ", gpu.EngineNames)})";

    private async Task ReadAsync()
    {
        if (Left.IsCancellationRequested)
            return;
        _gpus = await Catalogue.ListAsync(CancellationToken.None);
        _troubles = [.. Catalogue.Drivers.Where(driver => driver.Detail is not null)];
        _loaded = true;
    }

    private async Task ReserveAsync()
    {
        if (_gpu is null || _model is null)
            return;
        var made = await Catalogue.ReserveAsync(
            new AllocationEdit(_gpu, _model, _shared ? "shared" : AllocationStore.Exclusive, null),
            CancellationToken.None
        );
        if (made.Failure is { } failure)
            Notices.Say(
                Severity.Error,
                "Not reserved",
                failure.Errors is { Count: > 0 } errors ? string.Join(' ', errors.SelectMany(error => error.Value)) : failure.Message
            );
        else
            (_gpu, _model) = (null, null);
        await ReadAsync();
    }

    private async Task ReleaseAsync(GpuHolder holder)
    {
        await Allocations.DeleteAsync(holder.Id, CancellationToken.None);
        Notices.Say(Severity.Success, $"Released from {holder.ContainerName}");
        await ReadAsync();
    }
}
