namespace LlamaBlazor.Domain.Instances;

/// <summary>When an instance that nobody uses is stopped, and when one that nothing is heard of is asked whether it still works.</summary>
public static class IdlePolicy
{
    /// <summary>Whether the idle time is over. It counts from the end of the last request, never from its beginning.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="ttlSeconds">Its idle time; 0 is never.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static bool IsExpired(Occupant instance, long ttlSeconds, long now) =>
        ttlSeconds > 0 && instance is { IsRunning: true, IsBusy: false, IsPinned: false } && now - instance.IdleSince >= ttlSeconds * 1000;

    /// <summary>Whether the watchdog should ask for a token: nothing has succeeded for a while, and no request is at work that would tell.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="probeSeconds">After how many seconds; 0 is never.</param>
    /// <param name="lastSuccess">When it last answered a request or a probe, Unix milliseconds.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static bool NeedsProbe(Occupant instance, int probeSeconds, long lastSuccess, long now) =>
        probeSeconds > 0 && instance is { IsRunning: true, IsBusy: false } && now - Math.Max(lastSuccess, instance.IdleSince) >= probeSeconds * 1000L;
}
