using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Domain.Resources;

/// <summary>A GPU as an engine names it, with its memory of this moment.</summary>
/// <param name="Id">Name in the engine's list of devices, such as CUDA0.</param>
/// <param name="FreeBytes">Memory that is free, measured by the driver, else as the engine said when it was asked; null when nobody tells.</param>
public sealed record GpuDevice(string Id, long? FreeBytes)
{
    private const long MiB = 1 << 20;

    /// <summary>Puts the engine's devices and the driver's readings together: by the name of the card and its place among those of that name.</summary>
    /// <param name="engine">What the engine lists.</param>
    /// <param name="readings">What the drivers say now.</param>
    public static IReadOnlyList<GpuDevice> Map(IReadOnlyList<EngineDevice> engine, IReadOnlyList<GpuSample> readings)
    {
        var left = readings.ToList();
        return [.. engine.Select(device =>
        {
            var reading = left.Find(card => Named(device.Description, card.Name)) ?? left.Find(card => card.MemoryTotal is { } total && Math.Abs(total - device.TotalMib) < 0.06 * device.TotalMib);
            if (reading is not null)
                left.Remove(reading);
            return reading is { MemoryTotal: { } all, MemoryUsed: { } used }
                ? new GpuDevice(device.Name, (long)((all - used) * MiB))
                : new GpuDevice(device.Name, device.FreeMib > 0 ? device.FreeMib * MiB : null);
        })];
    }

    private static bool Named(string described, string card) =>
        card.Length > 0 && (described.Contains(card, StringComparison.OrdinalIgnoreCase) || card.Contains(described, StringComparison.OrdinalIgnoreCase));
}
