using LlamaBlazor.Domain.Resources;

namespace LlamaBlazor.Domain.Instances;

/// <summary>An instance that loads or runs, as the planner sees it.</summary>
/// <param name="ModelId">Its model.</param>
/// <param name="Name">Name of the model.</param>
/// <param name="Project">Its project.</param>
/// <param name="Memory">Bytes that its end sets free.</param>
/// <param name="IsRunning">False while it loads or stops.</param>
/// <param name="IsBusy">True while a request is at work or waits for it.</param>
/// <param name="IsPinned">Never evicted.</param>
/// <param name="WarmFor">How long it has been ready; null before.</param>
/// <param name="UnusedFor">How long ago its last request ended; null where it had none.</param>
public sealed record Occupant(
    long ModelId,
    string Name,
    string Project,
    long Memory,
    bool IsRunning,
    bool IsBusy,
    bool IsPinned,
    TimeSpan? WarmFor,
    TimeSpan? UnusedFor
)
{
    /// <summary>Bytes of GPU memory that its end sets free.</summary>
    public long Vram { get; init; }

    /// <summary>Cores it counts for.</summary>
    public double Cores { get; init; }

    /// <summary>The cards it was given; null where its engine chooses among all.</summary>
    public IReadOnlyList<string>? Cards { get; init; }

    /// <summary>Bytes on each of them; null for equal parts.</summary>
    public IReadOnlyDictionary<string, long>? Shares { get; init; }

    /// <summary>True when nobody else may have them.</summary>
    public bool IsGpuExclusive { get; init; }

    /// <summary>True while it ends: its place becomes free by itself.</summary>
    public bool IsStopping { get; init; }

    /// <summary>How long it runs at least, once it is ready, before it is stopped for another: or two that share a machine would only
    /// swap.</summary>
    public TimeSpan MinimumWarm { get; init; }

    /// <summary>GPUs that count for its project.</summary>
    public int Gpus => Cards?.Count ?? 0;

    /// <summary>How long ago it last sent something of use, or null for never.</summary>
    public TimeSpan? SucceededAgo { get; init; }

    /// <summary>True when it counts for a project; their names are compared as the database does.</summary>
    public bool IsOf(string project) => Project.Equals(project, StringComparison.OrdinalIgnoreCase);

    /// <summary>Bytes of a card that its end sets free.</summary>
    /// <param name="device">The card.</param>
    /// <param name="all">All cards: an engine that chooses among all takes a part of each that it uses by itself.</param>
    public long BytesOn(GpuDevice device, IReadOnlyList<GpuDevice> all) =>
        (Shares, Cards) switch
        {
            ({ } shares, _) => shares.Where(share => device.Is(share.Key)).Sum(share => share.Value),
            (_, { } cards) => cards.Any(device.Is) ? Vram / cards.Count : 0,
            _ => device.IsDefault ? Vram / Math.Max(1, all.Count(other => other.IsDefault)) : 0,
        };

    /// <summary>As it will be once it has loaded and finished its requests, and has been warm for long enough.</summary>
    public Occupant AtRest => this with { IsRunning = true, IsBusy = false, WarmFor = TimeSpan.MaxValue };

    /// <summary>How long nobody has used it: since its last request, or since it became ready.</summary>
    public TimeSpan IdleFor => TimeSpan.FromTicks(Math.Min((WarmFor ?? TimeSpan.MaxValue).Ticks, (UnusedFor ?? TimeSpan.MaxValue).Ticks));
}

/// <summary>What must become free.</summary>
/// <param name="Instances">Places.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Project">A project.</param>
/// <param name="ProjectInstances">Places in that project.</param>
public sealed record EvictionNeed(int Instances, long Memory, string Project, int ProjectInstances)
{
    /// <summary>The GPUs that are wanted: who must go depends on who holds them, and how much each leaves.</summary>
    public GpuQuestion Gpus { get; init; } = GpuQuestion.None;

    /// <summary>Bytes of the project's share.</summary>
    public long ProjectMemory { get; init; }

    /// <summary>Cores of the project's share.</summary>
    public double ProjectCores { get; init; }

    /// <summary>GPUs the project may still take; null for no limit. Below 0 where it has too many.</summary>
    public int? ProjectGpusLeft { get; init; }

    /// <summary>True when nothing must.</summary>
    public bool IsNothing => IsMetBy([]);

    /// <summary>True when the end of these makes room.</summary>
    public bool IsMetBy(IReadOnlyCollection<Occupant> victims)
    {
        if (victims.Count < Instances || victims.Sum(victim => victim.Memory) < Memory)
            return false;
        var team = victims.Where(victim => victim.IsOf(Project)).ToList();
        if (
            team.Count < ProjectInstances
            || team.Sum(victim => victim.Memory) < ProjectMemory
            || team.Sum(victim => victim.Cores) < ProjectCores - 1e-9
        )
            return false;
        var plan = Gpus.Answer(victims);
        return plan.IsFree && (ProjectGpusLeft is not { } left || (plan.Cards?.Count ?? 0) <= left + team.Sum(victim => victim.Gpus));
    }
}

/// <summary>
/// Chooses whom to stop: by need, never more than needed, the longest idle first. Busy, pinned, loading and just started ones are left
/// alone;
/// those that end already come first, for they cost nothing.
/// </summary>
public static class EvictionPlanner
{
    /// <summary>The ids of the models to stop, or null when all that may be stopped would not be enough.</summary>
    /// <param name="others">Everybody.</param>
    /// <param name="need">What must become free.</param>
    public static IReadOnlyList<long>? Plan(IReadOnlyList<Occupant> others, EvictionNeed need)
    {
        var chosen = new List<Occupant>();
        foreach (
            var candidate in others.Where(MayEvict).OrderByDescending(other => other.IsStopping).ThenByDescending(other => other.IdleFor)
        )
        {
            if (need.IsMetBy(chosen))
                break;
            chosen.Add(candidate);
        }

        if (!need.IsMetBy(chosen))
            return null;
        // Those without whom the need is met too stay, the most recently used first.
        foreach (var candidate in chosen.OrderBy(victim => victim.IsStopping).ThenBy(victim => victim.IdleFor).ToList())
        {
            if (need.IsMetBy([.. chosen.Where(victim => victim != candidate)]))
                chosen.Remove(candidate);
        }

        return [.. chosen.Select(victim => victim.ModelId)];
    }

    /// <summary>Whether an instance may be stopped for another; one that ends anyway may be waited for.</summary>
    public static bool MayEvict(Occupant other) => other.IsStopping || (MayEvictOnceWarm(other) && Left(other) <= TimeSpan.Zero);

    /// <summary>After how long the next of those that are only too fresh may be stopped, or null.</summary>
    public static TimeSpan? NextWarm(IEnumerable<Occupant> others) =>
        others.Where(other => MayEvictOnceWarm(other) && !MayEvict(other)).Min(other => (TimeSpan?)Left(other));

    private static TimeSpan Left(Occupant other) => other.MinimumWarm - (other.WarmFor ?? TimeSpan.Zero);

    private static bool MayEvictOnceWarm(Occupant other) => other.IsRunning && !other.IsBusy && !other.IsPinned;
}
