using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Domain.Resources;

/// <summary>A GPU as an engine names it, with its memory of this moment.</summary>
/// <param name="Id">Name in the engine's list of devices, such as CUDA0.</param>
/// <param name="FreeBytes">Memory that is free, measured by the driver, else as the engine said when it was asked; null when nobody tells.</param>
public sealed record GpuDevice(string Id, long? FreeBytes)
{
    private const long MiB = 1 << 20;

    private static readonly char[] Digits = [.. "0123456789"];

    /// <summary>The card itself, as its driver's reading calls it: two builds name the same one CUDA0 and Vulkan0. Where no driver tells, the engine's name.</summary>
    public string Card { get; init; } = Id;

    /// <summary>True when this is what is meant by an id: the card's, or the engine's name.</summary>
    public bool Is(string id) => id == Card || id == Id;

    /// <summary>Puts the engine's devices and the driver's readings together: by the name of the card and its place among those of that name, for each backend anew.</summary>
    /// <param name="engine">What the engine lists.</param>
    /// <param name="readings">What the drivers say now.</param>
    public static IReadOnlyList<GpuDevice> Map(IReadOnlyList<EngineDevice> engine, IReadOnlyList<GpuSample> readings)
    {
        var left = new Dictionary<string, List<GpuSample>>();
        var found = new List<(EngineDevice Told, GpuDevice Device)>();
        foreach (var device in engine)
        {
            var backend = Backend(device);
            if (!left.TryGetValue(backend, out var cards))
                left[backend] = cards = [.. readings];
            var reading = cards.Find(card => Named(device.Description, card.Name)) ?? cards.Find(card => card.MemoryTotal is { } total && Math.Abs(total - device.TotalMib) < 0.06 * device.TotalMib);
            if (reading is not null)
                cards.Remove(reading);
            var free = reading is { MemoryTotal: { } all, MemoryUsed: { } used } ? (long)((all - used) * MiB) : device.FreeMib > 0 ? device.FreeMib * MiB : (long?)null;
            found.Add((device, new GpuDevice(device.Name, free) { Card = reading?.Id ?? Twin(device, found) ?? device.Name }));
        }

        return [.. found.Select(one => one.Device)];
    }

    // Where no driver tells, one build with two backends lists the same card twice, by the same description.
    private static string? Twin(EngineDevice device, List<(EngineDevice Told, GpuDevice Device)> found) => found.Find(other =>
        Backend(other.Told) != Backend(device) && other.Told.Description == device.Description
        && !found.Exists(mine => Backend(mine.Told) == Backend(device) && mine.Device.Card == other.Device.Card)).Device?.Card;

    private static string Backend(EngineDevice device) => device.Name.TrimEnd(Digits);

    private static bool Named(string described, string card) =>
        card.Length > 0 && (described.Contains(card, StringComparison.OrdinalIgnoreCase) || card.Contains(described, StringComparison.OrdinalIgnoreCase));
}
