using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Telemetry;

namespace LlamaBlazor.Web.Memory;

/// <summary>What is free on this machine now: main memory as admissions see it, and the devices that an engine itself lists, with the
/// drivers' readings.</summary>
internal sealed class MachineMemory(MachineMeter meter, GpuMeter gpus, EngineLocator engines, EngineProbe probe, TimeProvider clock)
{
    private const long MiB = 1 << 20;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(0.5); // a list asks once a row

    private Reading? _last;

    /// <summary>Main memory in bytes: all of it, and what is free; null where the system does not tell.</summary>
    public (long? Total, long? Free) Host
    {
        get
        {
            var last = Volatile.Read(ref _last);
            if (last is null || clock.GetElapsedTime(last.At) > Fresh)
            {
                var state = meter.Read();
                Volatile.Write(ref _last, last = new Reading(clock.GetTimestamp(), state.TotalMemory, state.FreeMemory));
            }

            return (last.Total, last.Free);
        }
    }

    /// <summary>Free main memory in bytes, or null.</summary>
    public long? HostFreeBytes => Host.Free;

    /// <summary>The devices an engine lists: none for one that was built without a GPU. Null where there is no engine, or it does not
    /// answer.</summary>
    /// <param name="enginePath">A model's own engine, or null.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="variables">Environment variables of the model, by which it may see other devices; null for those of the server
    /// settings.</param>
    public async Task<IReadOnlyList<EngineDevice>?> EngineDevicesAsync(
        string? enginePath,
        CancellationToken cancellation,
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        var found = await engines.FindAsync(enginePath, cancellation).ConfigureAwait(false);
        if (!found.IsSuccess)
            return null;
        var engine = variables is null ? found.Value : found.Value with { Variables = variables };
        var asked = await probe.ProbeAsync(engine, again: false, cancellation).ConfigureAwait(false);
        return asked.IsSuccess ? VisibleDevices.Place(asked.Value.Devices, engine.Variables) : null;
    }

    /// <summary>Those devices with what is free on each now. Without an engine the GPUs of the drivers are taken, as an engine may come to
    /// use them.</summary>
    /// <param name="engine">What <see cref="EngineDevicesAsync"/> said.</param>
    public IReadOnlyList<MemoryDevice> Devices(IReadOnlyList<EngineDevice>? engine) =>
        engine is not null
            ?
            [
                .. GpuDevice
                    .Map(engine, gpus.Last, Host.Total)
                    .Select(device => new MemoryDevice(device.Id, device.FreeBytes) { IsDefault = device.IsDefault }),
            ]
            :
            [
                .. gpus
                    .Last.Where(gpu => gpu.MemoryTotal > 0)
                    .Select(gpu => new MemoryDevice(
                        gpu.Id,
                        gpu.MemoryUsed is { } used ? (long)((gpu.MemoryTotal!.Value - used) * MiB) : null
                    )),
            ];

    /// <summary>Whole memory of a device in bytes, or null.</summary>
    /// <param name="engine">What <see cref="EngineDevicesAsync"/> said.</param>
    /// <param name="name">Its name.</param>
    public long? TotalBytes(IReadOnlyList<EngineDevice>? engine, string name) =>
        engine is not null
            ? engine.FirstOrDefault(device => device.Name == name) is { TotalMib: > 0 } known
                ? known.TotalMib * MiB
                : null
            : gpus.Last.FirstOrDefault(gpu => gpu.Id == name)?.MemoryTotal is { } total
                ? (long)(total * MiB)
                : null;

    private sealed record Reading(long At, long? Total, long? Free);
}
