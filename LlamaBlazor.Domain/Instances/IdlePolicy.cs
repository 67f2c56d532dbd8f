namespace LlamaBlazor.Domain.Instances;

/// <summary>When an instance that nobody uses is stopped, and when one that nothing is heard of is asked whether it still works.</summary>
public static class IdlePolicy
{
    /// <summary>Whether the idle time is over. It counts from the end of the last request, never from its beginning.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="ttlSeconds">Its idle time; 0 is never.</param>
    public static bool IsExpired(Occupant instance, long ttlSeconds) =>
        ttlSeconds > 0 && instance is { IsRunning: true, IsBusy: false, IsPinned: false } && instance.IdleFor.TotalSeconds >= ttlSeconds;

    /// <summary>
    /// Whether the watchdog should look: nothing has succeeded for a while. Requests at work are no success: an engine that hangs, or
    /// answers only errors, has those too.
    /// </summary>
    /// <param name="instance">The instance.</param>
    /// <param name="probeSeconds">After how many seconds; 0 is never.</param>
    /// <param name="answeredAgo">How long ago it last answered a probe, or was first looked at.</param>
    public static bool NeedsProbe(Occupant instance, int probeSeconds, TimeSpan answeredAgo)
    {
        TimeSpan[] signs = [answeredAgo, instance.WarmFor ?? TimeSpan.MaxValue, instance.SucceededAgo ?? TimeSpan.MaxValue];
        return probeSeconds > 0 && instance.IsRunning && signs.Min() >= TimeSpan.FromSeconds(probeSeconds);
    }
}
