using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters.Engines;
using LlamaBlazor.Web.Telemetry;
using LlamaBlazor.Web.Telemetry.Gpu;

namespace LlamaBlazor.Web.Resources;

/// <summary>Who holds a card.</summary>
/// <param name="Id">Row of the allocation.</param>
/// <param name="ContainerName">Name of the model.</param>
/// <param name="Mode">exclusive or shared.</param>
/// <param name="ReservedVramMb">MiB promised to it.</param>
/// <param name="Reserved">True when people reserved it; what a start took goes with its end.</param>
internal sealed record GpuHolder(long Id, string ContainerName, string Mode, double? ReservedVramMb, bool Reserved);

/// <summary>A card of this machine.</summary>
/// <param name="Id">Its id: the driver's, else the name an engine gives it.</param>
/// <param name="Name">What it is.</param>
/// <param name="EngineNames">What the engines in use call it, such as CUDA0 and Vulkan0.</param>
/// <param name="Usage">Percent.</param>
/// <param name="MemoryUsed">MiB.</param>
/// <param name="MemoryTotal">MiB.</param>
/// <param name="Temperature">Degrees Celsius.</param>
/// <param name="Power">Watts.</param>
/// <param name="Holders">Who holds it.</param>
internal sealed record GpuItem(
    string Id,
    string Name,
    IReadOnlyList<string> EngineNames,
    double? Usage,
    double? MemoryUsed,
    double? MemoryTotal,
    double? Temperature,
    double? Power,
    IReadOnlyList<GpuHolder> Holders
);

/// <summary>The cards with the state of their drivers.</summary>
/// <param name="Items">The cards.</param>
/// <param name="Next">Always null: all are listed.</param>
/// <param name="Drivers">Each driver, with the reason where it gives no values.</param>
internal sealed record GpuList(IReadOnlyList<GpuItem> Items, string? Next, IReadOnlyList<GpuDriverItem> Drivers);

/// <summary>The cards of this machine under all their names: the driver's, and what each engine in use calls them.</summary>
internal sealed class GpuCatalogue(
    EngineDirectory engines,
    GpuMeter meter,
    MachineMeter machine,
    AllocationStore allocations,
    ModelStore models
)
{
    private const double MiB = 1048576;

    /// <summary>How each driver is.</summary>
    public IReadOnlyList<GpuDriverItem> Drivers => meter.Drivers;

    /// <summary>
    /// All cards with those who hold them. Engines that were never asked are asked now. What is no GPU is left out; integrated ones
    /// come last.
    /// </summary>
    public async Task<IReadOnlyList<GpuItem>> ListAsync(CancellationToken cancellation)
    {
        var readings = meter.Last;
        var devices = await DevicesAsync(readings, cancellation).ConfigureAwait(false);
        var rows = await allocations.ListAsync(cancellation).ConfigureAwait(false);
        var unread = devices
            .Where(device => device.Device.Kind is not DeviceKind.NoGpu && !readings.Any(reading => reading.Id == device.Device.Card))
            .DistinctBy(device => device.Device.Card)
            .OrderBy(device => device.Device.Kind)
            .Select(device => AsTold(device.Device, device.Description, rows));
        return
        [
            .. readings
                .Concat(unread)
                .Select(card =>
                {
                    var mine = devices.Where(device => device.Device.Card == card.Id).ToList();
                    var names = mine.Select(device => device.Device.Id).Distinct().Order(StringComparer.Ordinal).ToList();
                    var holders = rows.Where(row => row.GpuId == card.Id || names.Contains(row.GpuId))
                        .Select(row => new GpuHolder(
                            row.Id,
                            row.ContainerName,
                            row.Mode,
                            row.ReservedVramMb,
                            !allocations.IsTaken(row.Id)
                        ));
                    var total = card.MemoryTotal ?? mine.Max(device => device.Device.TotalBytes) / MiB;
                    return new GpuItem(
                        card.Id,
                        card.Name,
                        names,
                        card.Usage,
                        card.MemoryUsed,
                        total,
                        card.Temperature,
                        card.Power,
                        [.. holders]
                    );
                }),
        ];
    }

    /// <summary>
    /// Reserves a card, named by its id or as an engine calls it. Refused with words where there is no such card or model, or where
    /// less of its memory is left.
    /// </summary>
    public async Task<Result<AllocationItem>> ReserveAsync(AllocationEdit edit, CancellationToken cancellation)
    {
        if (AllocationStore.Check(edit) is { } failure)
            return failure;
        var cards = await ListAsync(cancellation).ConfigureAwait(false);
        if (cards.FirstOrDefault(card => card.Id == edit.GpuId || card.EngineNames.Contains(edit.GpuId!)) is not { } found)
        {
            return Failure.Invalid(
                "gpu_id",
                cards.Count == 0
                    ? $"There is no GPU '{edit.GpuId}': neither a driver nor an engine lists one."
                    : $"There is no GPU '{edit.GpuId}'. There are: "
                        + $"{string.Join(", ", cards.Select(card => string.Join(" or ", card.EngineNames.Prepend(card.Id).Distinct())))}."
            );
        }

        return await models.FindAsync(edit.ContainerName!, cancellation).ConfigureAwait(false) is { Role: ModelRole.Model } model
            ? await allocations
                .CreateAsync(edit with { GpuId = found.Id, ContainerName = model.Name }, found.MemoryTotal, cancellation)
                .ConfigureAwait(false)
            : Failure.Invalid(
                "container_name",
                $"There is no model '{edit.ContainerName}' that could be started. GET /api/models lists them."
            );
    }

    // What the engine said when it was asked, or what its starts took where that is more.
    private GpuSample AsTold(GpuDevice device, string description, IReadOnlyList<AllocationItem> rows)
    {
        var taken = rows.Where(row => device.Is(row.GpuId) && allocations.IsTaken(row.Id)).Sum(row => row.ReservedVramMb ?? 0);
        var (total, free) = (device.TotalBytes / MiB, device.FreeBytes / MiB);
        return new GpuSample(
            device.Card,
            description,
            null,
            total is { } all ? Math.Min(all, Math.Max(all - (free ?? all), taken)) : null,
            total,
            null,
            null
        );
    }

    private async Task<List<(GpuDevice Device, string Description)>> DevicesAsync(
        IReadOnlyList<GpuSample> readings,
        CancellationToken cancellation
    )
    {
        var (found, host) = (new List<(GpuDevice, string)>(), machine.Read().TotalMemory);
        foreach (var engine in await engines.ListAsync(again: false, cancellation).ConfigureAwait(false))
            found.AddRange(GpuDevice.Map(engine.Devices, readings, host).Zip(engine.Devices, (device, told) => (device, told.Description)));
        return found;
    }
}
