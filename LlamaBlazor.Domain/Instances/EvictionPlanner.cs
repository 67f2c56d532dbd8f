namespace LlamaBlazor.Domain.Instances;

/// <summary>An instance that loads or runs, as the planner sees it.</summary>
/// <param name="ModelId">Its model.</param>
/// <param name="Name">Name of the model.</param>
/// <param name="Project">Its project.</param>
/// <param name="Memory">Bytes that its end sets free.</param>
/// <param name="IsRunning">False while it loads or stops.</param>
/// <param name="IsBusy">True while a request is at work or waits for it.</param>
/// <param name="IsPinned">Never evicted.</param>
/// <param name="ReadyAt">When it became ready, Unix milliseconds.</param>
/// <param name="LastUsedAt">When its last request ended, Unix milliseconds, or null for never.</param>
public sealed record Occupant(long ModelId, string Name, string Project, long Memory, bool IsRunning, bool IsBusy, bool IsPinned, long? ReadyAt, long? LastUsedAt)
{
    /// <summary>Bytes of GPU memory that its end sets free.</summary>
    public long Vram { get; init; }

    /// <summary>Cores it counts for.</summary>
    public double Cores { get; init; }

    /// <summary>GPUs it uses.</summary>
    public int Gpus { get; init; }

    /// <summary>Since when nobody has used it, Unix milliseconds.</summary>
    public long IdleSince => Math.Max(ReadyAt ?? 0, LastUsedAt ?? 0);
}

/// <summary>What must become free.</summary>
/// <param name="Instances">Places.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Project">A project.</param>
/// <param name="ProjectInstances">Places in that project.</param>
public sealed record EvictionNeed(int Instances, long Memory, string Project, int ProjectInstances)
{
    /// <summary>Bytes on GPUs.</summary>
    public long Vram { get; init; }

    /// <summary>True when nothing must.</summary>
    public bool IsNothing => Instances <= 0 && Memory <= 0 && Vram <= 0 && ProjectInstances <= 0;

    /// <summary>True when the end of these makes room.</summary>
    public bool IsMetBy(IReadOnlyCollection<Occupant> victims) =>
        victims.Count >= Instances && victims.Sum(victim => victim.Memory) >= Memory && victims.Sum(victim => victim.Vram) >= Vram && victims.Count(victim => victim.Project == Project) >= ProjectInstances;
}

/// <summary>
/// Chooses whom to stop: by need, never more than needed, the longest idle first. Busy, pinned, loading and just started ones are left alone.
/// </summary>
public static class EvictionPlanner
{
    /// <summary>A model that has just become ready is not stopped before this, or two that share a machine would only swap.</summary>
    public static readonly TimeSpan MinimumWarm = TimeSpan.FromSeconds(5);

    /// <summary>The ids of the models to stop, or null when all that may be stopped would not be enough.</summary>
    /// <param name="others">Everybody.</param>
    /// <param name="need">What must become free.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static IReadOnlyList<long>? Plan(IReadOnlyList<Occupant> others, EvictionNeed need, long now)
    {
        var chosen = new List<Occupant>();
        foreach (var candidate in others.Where(other => MayEvict(other, now)).OrderBy(other => other.IdleSince))
        {
            if (need.IsMetBy(chosen))
                break;
            chosen.Add(candidate);
        }

        if (!need.IsMetBy(chosen))
            return null;
        // Those without whom the need is met too stay, the most recently used first.
        foreach (var candidate in chosen.OrderByDescending(victim => victim.IdleSince).ToList())
        {
            if (need.IsMetBy([.. chosen.Where(victim => victim != candidate)]))
                chosen.Remove(candidate);
        }

        return [.. chosen.Select(victim => victim.ModelId)];
    }

    /// <summary>Whether an instance may be stopped for another.</summary>
    public static bool MayEvict(Occupant other, long now) =>
        other.IsRunning && !other.IsBusy && !other.IsPinned && now - (other.ReadyAt ?? now) >= MinimumWarm.TotalMilliseconds;
}
