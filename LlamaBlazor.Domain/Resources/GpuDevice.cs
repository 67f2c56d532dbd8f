using System.Globalization;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Domain.Resources;

/// <summary>A GPU as an engine names it, with its memory of this moment.</summary>
/// <param name="Id">Name in the engine's list of devices, such as CUDA0.</param>
/// <param name="FreeBytes">Memory that is free, measured by the driver, else as the engine said when it was asked; null when nobody
/// tells.</param>
public sealed record GpuDevice(string Id, long? FreeBytes)
{
    private const long MiB = 1 << 20;

    private static readonly char[] Digits = [.. "0123456789"];

    /// <summary>The card itself, as its driver's reading calls it: two builds name the same one CUDA0 and Vulkan0. Where no driver tells,
    /// the engine's name.</summary>
    public string Card { get; init; } = Id;

    /// <summary>What it is: what is no GPU is listed, so that a setting can name it, and never chosen.</summary>
    public DeviceKind Kind { get; init; }

    /// <summary>All its memory in bytes, or null when nobody tells.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>True where a driver tells how much of it is in use now; else our own models' use is to be taken off.</summary>
    public bool IsMeasured { get; init; }

    /// <summary>
    /// True when an engine that is told nothing uses it: no second name of a card, and no integrated one beside dedicated ones
    /// (llama.cpp, src/llama.cpp).
    /// </summary>
    public bool IsDefault { get; init; } = true;

    /// <summary>True where its engine sees a part of the cards and counts those anew: its name means another card to others.</summary>
    public bool IsCountedAnew { get; init; }

    /// <summary>True when this is what is meant by an id: the card's, or the engine's name where that is everybody's.</summary>
    public bool Is(string id) => id == Card || (id == Id && !IsCountedAnew);

    /// <summary>Puts the engine's devices and the driver's readings together: by the name of the card and its place among those of that
    /// name, for each backend anew.</summary>
    /// <param name="engine">What the engine lists.</param>
    /// <param name="readings">What the drivers say now.</param>
    /// <param name="hostBytes">Main memory of the machine, or null.</param>
    /// <returns>One for each device of the list, in its order.</returns>
    public static IReadOnlyList<GpuDevice> Map(
        IReadOnlyList<EngineDevice> engine,
        IReadOnlyList<GpuSample> readings,
        long? hostBytes = null
    )
    {
        var left = new Dictionary<string, List<GpuSample>>();
        var found = new List<(EngineDevice Told, GpuDevice Device)>();
        foreach (var device in engine)
        {
            var kind = DeviceKinds.Of(device, hostBytes);
            var backend = Backend(device);
            if (!left.TryGetValue(backend, out var cards))
                left[backend] = cards = [.. readings];
            // What is elsewhere, or no card, must not be taken for one of this machine that has as much memory.
            var reading =
                kind is DeviceKind.NoGpu || DeviceKinds.IsRemote(device) ? null : Placed(device, readings) ?? Reading(device, kind, cards);
            if (reading is not null)
                cards.Remove(reading);
            var name = device.Place is { } place ? $"{backend}{place}" : device.Name;
            found.Add(
                (
                    device,
                    Describe(device, reading) with
                    {
                        Kind = kind,
                        Card = reading?.Id ?? Twin(device, found) ?? name,
                        IsCountedAnew = device.Place is not null,
                    }
                )
            );
        }

        return MarkDefaults([.. found.Select(one => one.Device)]);
    }

    private static GpuDevice Describe(EngineDevice device, GpuSample? reading)
    {
        var total =
            reading?.MemoryTotal is { } all ? (long)(all * MiB)
            : device.TotalMib > 0 ? device.TotalMib * MiB
            : (long?)null;
        return reading is { MemoryTotal: { } whole, MemoryUsed: { } used }
            ? new GpuDevice(device.Name, (long)((whole - used) * MiB)) { TotalBytes = total, IsMeasured = true }
            : new GpuDevice(device.Name, device.FreeMib > 0 ? device.FreeMib * MiB : null) { TotalBytes = total };
    }

    // Of several cards of one name, the one at its place among all; with cards of other names between them their order is not known.
    private static GpuSample? Placed(EngineDevice device, IReadOnlyList<GpuSample> readings) =>
        device.Place is { } place && place < readings.Count && readings.All(card => Named(device.Description, card.Name))
            ? readings[place]
            : null;

    private static GpuSample? Reading(EngineDevice device, DeviceKind kind, List<GpuSample> cards) =>
        cards.Find(card => Named(device.Description, card.Name))
        ?? (
            kind is DeviceKind.Dedicated
                ? cards.Find(card => card.MemoryTotal is { } total && Math.Abs(total - device.TotalMib) < 0.06 * device.TotalMib)
                : null
        );

    private static IReadOnlyList<GpuDevice> MarkDefaults(List<GpuDevice> devices)
    {
        var hasDedicated = devices.Exists(device => device.Kind is DeviceKind.Dedicated && !IsElsewhere(device));
        var seen = new HashSet<string>();
        return
        [
            .. devices.Select(device =>
                device with
                {
                    IsDefault =
                        device.Kind is not DeviceKind.NoGpu
                        && !(device.Kind is DeviceKind.Integrated && hasDedicated)
                        && seen.Add(device.Card),
                }
            ),
        ];
    }

    private static bool IsElsewhere(GpuDevice device) => DeviceKinds.IsRemote(new EngineDevice(device.Id, "", 0, 0));

    // Where no driver tells, one build with two backends lists the same card twice, by the same description.
    private static string? Twin(EngineDevice device, List<(EngineDevice Told, GpuDevice Device)> found) =>
        found
            .Find(other =>
                Backend(other.Told) != Backend(device)
                && other.Told.Description == device.Description
                && ((device.Place ?? other.Told.Place) is null || Number(device) == Number(other.Told))
                && !found.Exists(mine => Backend(mine.Told) == Backend(device) && mine.Device.Card == other.Device.Card)
            )
            .Device?.Card;

    private static string Backend(EngineDevice device) => device.Name.TrimEnd(Digits);

    private static string Number(EngineDevice device) =>
        device.Place?.ToString(CultureInfo.InvariantCulture) ?? device.Name[Backend(device).Length..];

    private static bool Named(string described, string card) =>
        card.Length > 0
        && (described.Contains(card, StringComparison.OrdinalIgnoreCase) || card.Contains(described, StringComparison.OrdinalIgnoreCase));
}
