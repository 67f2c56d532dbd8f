using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Parameters.Engines;

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
internal sealed record GpuItem(string Id, string Name, IReadOnlyList<string> EngineNames, double? Usage, double? MemoryUsed, double? MemoryTotal, double? Temperature, double? Power, IReadOnlyList<GpuHolder> Holders);

/// <summary>The cards of this machine under all their names: the driver's, and what each engine in use calls them.</summary>
internal sealed class GpuCatalogue(EngineDirectory engines, GpuMeter meter, AllocationStore allocations)
{
    /// <summary>All cards with those who hold them. Engines that were never asked are asked now.</summary>
    public async Task<IReadOnlyList<GpuItem>> ListAsync(CancellationToken cancellation)
    {
        var readings = meter.Last;
        var devices = await DevicesAsync(readings, cancellation).ConfigureAwait(false);
        var rows = await allocations.ListAsync(cancellation).ConfigureAwait(false);
        var unread = devices.Where(device => !readings.Any(reading => reading.Id == device.Device.Card)).DistinctBy(device => device.Device.Card)
            .Select(device => new GpuSample(device.Device.Card, device.Description, null, null, null, null, null));
        return [.. readings.Concat(unread).Select(card =>
        {
            var names = devices.Where(device => device.Device.Card == card.Id).Select(device => device.Device.Id).Distinct().Order(StringComparer.Ordinal).ToList();
            var holders = rows.Where(row => row.GpuId == card.Id || names.Contains(row.GpuId)).Select(row => new GpuHolder(row.Id, row.ContainerName, row.Mode, row.ReservedVramMb, !allocations.IsTaken(row.Id)));
            return new GpuItem(card.Id, card.Name, names, card.Usage, card.MemoryUsed, card.MemoryTotal, card.Temperature, card.Power, [.. holders]);
        })];
    }

    /// <summary>Reserves a card, named by its id or as an engine calls it.</summary>
    public async Task<Result<AllocationItem>> ReserveAsync(AllocationEdit edit, CancellationToken cancellation)
    {
        var devices = await DevicesAsync(meter.Last, cancellation).ConfigureAwait(false);
        var card = devices.Find(device => device.Device.Is(edit.GpuId ?? "")).Device?.Card;
        return await allocations.CreateAsync(edit with { GpuId = card ?? edit.GpuId }, cancellation).ConfigureAwait(false);
    }

    private async Task<List<(GpuDevice Device, string Description)>> DevicesAsync(IReadOnlyList<GpuSample> readings, CancellationToken cancellation)
    {
        var found = new List<(GpuDevice, string)>();
        foreach (var engine in await engines.ListAsync(again: false, cancellation).ConfigureAwait(false))
            found.AddRange(GpuDevice.Map(engine.Devices, readings).Zip(engine.Devices, (device, told) => (device, told.Description)));
        return found;
    }
}
