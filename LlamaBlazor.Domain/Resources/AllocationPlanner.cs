using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Resources;

/// <summary>How a model takes GPUs.</summary>
/// <param name="Strategy">auto, best, all, manual, or null where its own setting decides.</param>
/// <param name="IsExclusive">True when nobody else may have them meanwhile.</param>
/// <param name="Named">Devices of its setting; empty for all.</param>
/// <param name="Bytes">Memory it is expected to need on them; 0 when that is not known.</param>
public sealed record GpuWish(string? Strategy, bool IsExclusive, IReadOnlyList<string> Named, long Bytes)
{
    /// <summary>As few as have the memory it needs, those with the most free first.</summary>
    public const string Auto = "auto";

    /// <summary>The one with the most free memory.</summary>
    public const string Best = "best";

    /// <summary>All that may be used.</summary>
    public const string All = "all";

    /// <summary>Those of its setting.</summary>
    public const string Manual = "manual";
}

/// <summary>A GPU held by somebody else.</summary>
/// <param name="GpuId">The device.</param>
/// <param name="Holder">Who holds it.</param>
/// <param name="IsExclusive">True when nobody else may have it.</param>
/// <param name="Reserved">Bytes promised that the driver does not count as used yet.</param>
public sealed record GpuHold(string GpuId, string Holder, bool IsExclusive, long Reserved);

/// <summary>The GPUs of a start.</summary>
/// <param name="Devices">Those it uses; null where the engine chooses among all.</param>
/// <param name="Reasons">What speaks against it, whoever is stopped.</param>
/// <param name="Missing">Bytes that must become free on GPUs first.</param>
public sealed record GpuPlan(IReadOnlyList<string>? Devices, IReadOnlyList<AdmissionReason> Reasons, long Missing)
{
    /// <summary>No GPU is asked for.</summary>
    public static GpuPlan None { get; } = new(null, [], 0);
}

/// <summary>Chooses the GPUs of a start: who may have which, and where its memory fits.</summary>
public static class AllocationPlanner
{
    /// <summary>Chooses.</summary>
    /// <param name="name">Name of the model, for the words.</param>
    /// <param name="wish">How it takes GPUs.</param>
    /// <param name="devices">GPUs of the machine as the engine names them; empty when they are not known.</param>
    /// <param name="holds">GPUs held by others.</param>
    public static GpuPlan Plan(string name, GpuWish wish, IReadOnlyList<GpuDevice> devices, IReadOnlyList<GpuHold> holds)
    {
        var isOpen = wish.Strategy is GpuWish.Auto or GpuWish.Best or GpuWish.All || (wish.Named.Count == 0 && devices.Count > 0 && (wish.Strategy is not null || wish.IsExclusive));
        var asked = isOpen ? devices.Select(device => device.Id).ToList() : wish.Named;
        if (asked.Count == 0)
            return GpuPlan.None with { Missing = Shortage(devices, holds, wish.Bytes) };
        var taken = asked.Where(gpu => Conflict(gpu, wish, holds) is not null).ToList();
        var usable = devices.Where(device => asked.Contains(device.Id) && !taken.Contains(device.Id)).Select(device => device with { FreeBytes = Free(device, holds) }).OrderByDescending(device => device.FreeBytes ?? 0).ToList();
        if (taken.Count > 0 && (!isOpen || usable.Count == 0))
            return new GpuPlan(asked, [.. taken.Select(gpu => Refuse(gpu, Conflict(gpu, wish, holds)!))], 0);
        var chosen = wish.Strategy switch
        {
            GpuWish.Best => usable.Take(1).ToList(),
            GpuWish.Auto => Fewest(usable, wish.Bytes),
            _ => usable,
        };
        var missing = chosen.Exists(device => device.FreeBytes is null) ? 0 : Math.Max(0, wish.Bytes - chosen.Sum(device => device.FreeBytes!.Value));
        // In the engine's own order, whatever we looked at first.
        return new GpuPlan(isOpen ? [.. devices.Select(device => device.Id).Where(id => chosen.Exists(device => device.Id == id))] : asked, [], chosen.Count == 0 ? 0 : missing);
    }

    /// <summary>The words for GPU memory that is missing.</summary>
    public static AdmissionReason Shortfall(string name, long needed, long missing) => new(
        "vram", $"'{name}' needs about {ByteSize.Text(needed)} of GPU memory and {ByteSize.Text(missing)} of it are not free. Stop another model, choose fewer layers for the GPU or a smaller context, or let it use more GPUs.");

    private static AdmissionReason Refuse(string gpu, GpuHold hold) => new("gpu", hold.IsExclusive
        ? $"{gpu} is held by '{hold.Holder}' alone. Release it on the Resources page, or choose another device on the GPU tab."
        : $"{gpu} is used by '{hold.Holder}', and this model is to have it alone. Stop that one, or share the GPU.");

    private static GpuHold? Conflict(string gpu, GpuWish wish, IReadOnlyList<GpuHold> holds) => holds.FirstOrDefault(hold => hold.GpuId == gpu && (hold.IsExclusive || wish.IsExclusive));

    private static List<GpuDevice> Fewest(List<GpuDevice> byFree, long bytes)
    {
        var count = 1;
        while (count < byFree.Count && byFree.Take(count).Sum(device => device.FreeBytes ?? 0) < bytes)
            count++;
        return [.. byFree.Take(count)];
    }

    private static long? Free(GpuDevice device, IReadOnlyList<GpuHold> holds) =>
        device.FreeBytes is { } free ? Math.Max(0, free - holds.Where(hold => hold.GpuId == device.Id).Sum(hold => hold.Reserved)) : null;

    // The engine takes from all that nobody has alone.
    private static long Shortage(IReadOnlyList<GpuDevice> devices, IReadOnlyList<GpuHold> holds, long bytes)
    {
        var open = devices.Where(device => !holds.Any(hold => hold.GpuId == device.Id && hold.IsExclusive)).Select(device => Free(device, holds)).ToList();
        return open.Count == 0 || open.Contains(null) ? 0 : Math.Max(0, bytes - (open.Sum() ?? 0));
    }
}
