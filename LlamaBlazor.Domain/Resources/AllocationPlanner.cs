using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Domain.Resources;

/// <summary>How a model takes GPUs.</summary>
/// <param name="Strategy">auto, best, all, manual, or null where its own setting decides.</param>
/// <param name="IsExclusive">True when nobody else may have them meanwhile.</param>
/// <param name="Named">Devices of its setting; empty for all.</param>
/// <param name="Bytes">Memory it is expected to need on them; 0 when that is not known.</param>
public sealed record GpuWish(string? Strategy, bool IsExclusive, IReadOnlyList<string> Named, long Bytes)
{
    private static readonly Dictionary<string, long> NoDraft = [];

    /// <summary>As few as have the memory it needs, those with the most free first.</summary>
    public const string Auto = "auto";

    /// <summary>The one with the most free memory.</summary>
    public const string Best = "best";

    /// <summary>All that may be used.</summary>
    public const string All = "all";

    /// <summary>Those of its setting.</summary>
    public const string Manual = "manual";

    /// <summary>True when the model itself is kept off all of them, whatever the strategy: <c>--device none</c>.</summary>
    public bool IsNone { get; init; }

    /// <summary>Bytes its draft model takes of devices that are that one's own choice, by name; they are not in
    /// <see cref="Bytes"/>.</summary>
    public IReadOnlyDictionary<string, long> Draft { get; init; } = NoDraft;
}

/// <summary>A GPU held by somebody else.</summary>
/// <param name="GpuId">The card, or the name an engine gives it.</param>
/// <param name="Holder">Who holds it.</param>
/// <param name="IsExclusive">True when nobody else may have it.</param>
/// <param name="Reserved">Bytes promised that the driver does not count as used yet.</param>
public sealed record GpuHold(string GpuId, string Holder, bool IsExclusive, long Reserved)
{
    /// <summary>True when people reserved it: it stays when its holder ends.</summary>
    public bool IsReservation { get; init; }
}

/// <summary>The GPUs of a start.</summary>
/// <param name="Devices">Those it uses, as its engine names them; null where the engine chooses among all.</param>
/// <param name="Reasons">What speaks against it.</param>
/// <param name="Missing">Bytes that must become free on GPUs first.</param>
public sealed record GpuPlan(IReadOnlyList<string>? Devices, IReadOnlyList<AdmissionReason> Reasons, long Missing)
{
    /// <summary>The cards of <see cref="Devices"/>.</summary>
    public IReadOnlyList<string>? Cards { get; init; }

    /// <summary>Cards that it was to have as well and does not get, with who has them; in words.</summary>
    public IReadOnlyList<AdmissionReason> Warnings { get; init; } = [];

    /// <summary>Bytes on each of <see cref="Cards"/>: the model's own in equal parts, and its draft model's where that is.</summary>
    public IReadOnlyDictionary<string, long>? Shares { get; init; }

    /// <summary>No GPU is asked for.</summary>
    public static GpuPlan None { get; } = new(null, [], 0);

    /// <summary>True when it can be had as it is.</summary>
    public bool IsFree => Reasons.Count == 0 && Missing == 0;
}

/// <summary>What the GPUs of a start are chosen from.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Wish">How it takes GPUs.</param>
/// <param name="Devices">GPUs of the machine as its engine names them; empty when they are not known.</param>
/// <param name="Holds">GPUs held by others.</param>
public sealed record GpuQuestion(string Name, GpuWish Wish, IReadOnlyList<GpuDevice> Devices, IReadOnlyList<GpuHold> Holds)
{
    /// <summary>No GPU is asked for.</summary>
    public static GpuQuestion None { get; } = new("", new GpuWish(null, false, [], 0), [], []);

    /// <summary>The GPUs it would have once these have ended: their holds are released, and what they use of each card is free.</summary>
    public GpuPlan Answer(IReadOnlyCollection<Occupant> gone)
    {
        if (gone.Count == 0)
            return AllocationPlanner.Plan(Name, Wish, Devices, Holds);
        var names = gone.Select(one => one.Name).ToHashSet();
        var devices = Devices
            .Select(device => device with { FreeBytes = device.FreeBytes + gone.Sum(one => one.BytesOn(device, Devices)) })
            .ToList();
        return AllocationPlanner.Plan(Name, Wish, devices, [.. Holds.Where(hold => hold.IsReservation || !names.Contains(hold.Holder))]);
    }
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
        // What the draft model takes of a device is not there for the model itself.
        IReadOnlyList<GpuDevice> left =
        [
            .. devices.Select(device =>
                device with
                {
                    FreeBytes = device.FreeBytes is { } free ? Math.Max(0, free - wish.Draft.GetValueOrDefault(device.Id)) : null,
                }
            ),
        ];
        var plan = PlaceModel(name, wish, left, holds);
        return AddDraft(plan, wish, devices, holds) with { Shares = Share(wish.IsNone ? [] : plan.Cards, wish, devices) };
    }

    // Null where the engine chooses.
    private static Dictionary<string, long>? Share(IReadOnlyList<string>? cards, GpuWish wish, IReadOnlyList<GpuDevice> devices)
    {
        var shares = cards?.ToDictionary(card => card, _ => wish.Bytes / cards.Count);
        foreach (var (gpu, bytes) in wish.Draft)
        {
            if (shares is not null && Find(gpu, devices).Card is var card)
                shares[card] = shares.GetValueOrDefault(card) + bytes;
        }

        return shares;
    }

    private static GpuPlan AddDraft(GpuPlan plan, GpuWish wish, IReadOnlyList<GpuDevice> devices, IReadOnlyList<GpuHold> holds)
    {
        if (wish.Draft.Count == 0)
            return plan;
        var places = wish.Draft.Select(pair => (Device: Find(pair.Key, devices), Bytes: pair.Value)).ToList();
        var refused = places
            .Select(place => (place.Device.Id, Hold: Conflict(place.Device, wish, holds)))
            .Where(place => place.Hold is not null && plan.Devices?.Contains(place.Id) != true);
        var missing = places.Sum(place => Math.Max(0, place.Bytes - (Free(place.Device, holds) ?? long.MaxValue)));
        return plan with
        {
            Reasons =
            [
                .. plan.Reasons,
                .. refused.Select(place => Refuse(place.Id, place.Hold!, "another device for its draft model on the Speculative tab")),
            ],
            Missing = plan.Missing + missing,
            Cards = plan.Cards is null && !wish.IsNone ? null : [.. (plan.Cards ?? []).Union(places.Select(place => place.Device.Card))],
        };
    }

    /// <summary>True where it needs more than the GPUs it may use have, with nobody else on them; false where that is not known.</summary>
    /// <param name="wish">How it takes GPUs.</param>
    /// <param name="devices">GPUs of the machine as the engine names them.</param>
    public static bool IsTooLarge(GpuWish wish, IReadOnlyList<GpuDevice> devices) =>
        devices.Count > 0 && Plan("", wish, [.. devices.Select(device => device with { FreeBytes = device.TotalBytes })], []).Missing > 0;

    private static GpuPlan PlaceModel(string name, GpuWish wish, IReadOnlyList<GpuDevice> devices, IReadOnlyList<GpuHold> holds)
    {
        if (wish.IsNone)
            return GpuPlan.None;
        var asked = Asked(wish, devices, holds);
        if (asked is null)
            return GpuPlan.None with { Missing = Shortage(devices, holds, wish.Bytes) };
        if (asked.Count == 0)
            return new GpuPlan([], [], 0) { Cards = [] };
        var isOpen = !ReferenceEquals(asked, wish.Named);
        var taken = asked.Where(gpu => Conflict(Find(gpu, devices), wish, holds) is not null).ToList();
        var usable = devices
            .Where(device => asked.Contains(device.Id) && !taken.Contains(device.Id))
            .Select(device => device with { FreeBytes = Free(device, holds) })
            .OrderBy(device => device.Kind)
            .ThenByDescending(device => device.FreeBytes ?? 0)
            .ToList();
        if (taken.Count > 0 && (!isOpen || usable.Count == 0))
            return new GpuPlan(
                asked,
                [.. taken.Select(gpu => Refuse(gpu, Conflict(Find(gpu, devices), wish, holds)!, "another device on the GPU tab"))],
                0
            );
        var chosen = wish.Strategy switch
        {
            GpuWish.Best => usable.Take(1).ToList(),
            GpuWish.Auto => Fewest(usable, wish.Bytes),
            _ => usable,
        };
        var missing = chosen.Exists(device => device.FreeBytes is null)
            ? 0
            : Math.Max(0, wish.Bytes - chosen.Sum(device => device.FreeBytes!.Value));
        // In the engine's own order, whatever we looked at first.
        var mine = isOpen ? [.. devices.Select(device => device.Id).Where(id => chosen.Exists(device => device.Id == id))] : asked;
        return new GpuPlan(mine, [], chosen.Count == 0 ? 0 : missing)
        {
            Cards = [.. mine.Select(gpu => Find(gpu, devices).Card).Distinct()],
            Warnings =
                taken.Count > 0 && wish.Strategy is not (GpuWish.Best or GpuWish.Auto)
                    ? [Fewer(name, mine, [.. taken.Select(gpu => (gpu, Conflict(Find(gpu, devices), wish, holds)!))])]
                    : [],
        };
    }

    // The devices to choose among, each card once, none where there is no GPU among them; those of its setting; null where the engine
    // takes what it wants.
    private static IReadOnlyList<string>? Asked(GpuWish wish, IReadOnlyList<GpuDevice> devices, IReadOnlyList<GpuHold> holds)
    {
        var cards = devices.Where(device => device.Kind is not DeviceKind.NoGpu).DistinctBy(device => device.Card).ToList();
        // Without a strategy the engine takes all there are: where somebody has one alone, it must be told which those are.
        var isGuarded = cards.Exists(device => holds.Any(hold => hold.IsExclusive && device.Is(hold.GpuId)));
        var isOpen =
            wish.Strategy is GpuWish.Auto or GpuWish.Best or GpuWish.All
            || (wish.Named.Count == 0 && cards.Count > 0 && (wish.Strategy is not null || wish.IsExclusive || isGuarded));
        if (!isOpen || devices.Count == 0)
            return wish.Named.Count == 0 ? null : wish.Named;
        // An engine that is told nothing leaves integrated ones alone where there are others.
        return
        [
            .. (wish.Strategy is GpuWish.Auto or GpuWish.Best or GpuWish.All ? cards : cards.FindAll(device => device.IsDefault)).Select(
                device => device.Id
            ),
        ];
    }

    private static AdmissionReason Fewer(string name, IReadOnlyList<string> mine, IReadOnlyList<(string Gpu, GpuHold Hold)> taken) =>
        new(
            "gpu",
            $"'{name}' is to use all GPUs and gets {string.Join(", ", mine)} only: "
                + string.Join(
                    "; ",
                    taken.Select(one =>
                        one.Hold.IsExclusive
                            ? $"{one.Gpu} is held by '{one.Hold.Holder}' alone"
                            : $"{one.Gpu} is used by '{one.Hold.Holder}', and it is to have its GPUs alone"
                    )
                )
                + "."
        );

    /// <summary>The words for GPU memory that is missing.</summary>
    public static AdmissionReason Shortfall(string name, long needed, long missing) =>
        new(
            "vram",
            $"'{name}' needs about {ByteSize.Text(needed)} of GPU memory and {ByteSize.Text(missing)} of it are not free. Stop "
                + "another model, choose fewer layers for the GPU or a smaller context, or let it use more GPUs."
        );

    private static AdmissionReason Refuse(string gpu, GpuHold hold, string otherwise) =>
        new(
            "gpu",
            hold.IsExclusive
                ? $"{gpu} is held by '{hold.Holder}' alone. "
                    + $"{(hold.IsReservation ? "Release it on the Resources page" : "Stop that model")}, or choose {otherwise}."
                : $"{gpu} is used by '{hold.Holder}', and this model is to have it alone. Stop that one, or share the GPU."
        );

    private static GpuDevice Find(string gpu, IReadOnlyList<GpuDevice> devices) =>
        devices.FirstOrDefault(device => device.Id == gpu) ?? new GpuDevice(gpu, null);

    private static GpuHold? Conflict(GpuDevice gpu, GpuWish wish, IReadOnlyList<GpuHold> holds) =>
        holds.FirstOrDefault(hold => gpu.Is(hold.GpuId) && (hold.IsExclusive || wish.IsExclusive));

    private static List<GpuDevice> Fewest(List<GpuDevice> byFree, long bytes)
    {
        var count = 1;
        while (count < byFree.Count && byFree.Take(count).Sum(device => device.FreeBytes ?? 0) < bytes)
            count++;
        return [.. byFree.Take(count)];
    }

    private static long? Free(GpuDevice device, IReadOnlyList<GpuHold> holds) =>
        device.FreeBytes is { } free ? Math.Max(0, free - holds.Where(hold => device.Is(hold.GpuId)).Sum(hold => hold.Reserved)) : null;

    // The engine takes from all that nobody has alone.
    private static long Shortage(IReadOnlyList<GpuDevice> devices, IReadOnlyList<GpuHold> holds, long bytes)
    {
        var open = devices
            .Where(device => device.IsDefault && !holds.Any(hold => device.Is(hold.GpuId) && hold.IsExclusive))
            .Select(device => Free(device, holds))
            .ToList();
        return open.Count == 0 || open.Contains(null) ? 0 : Math.Max(0, bytes - (open.Sum() ?? 0));
    }
}
