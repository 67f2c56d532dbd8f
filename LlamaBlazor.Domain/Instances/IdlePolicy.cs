namespace LlamaBlazor.Domain.Instances;

/// <summary>When an instance that nobody uses is stopped, and when one that nothing is heard of is asked whether it still works.</summary>
public static class IdlePolicy
{
    /// <summary>
    /// Whether the idle time is over. It counts from the end of the last request, never from its beginning. An end that lies ahead tells
    /// that the clock was set
    /// back: by less than the idle time, this is waited for once more; by more, it is over, or nobody would know for how long it goes on.
    /// </summary>
    /// <param name="instance">The instance.</param>
    /// <param name="ttlSeconds">Its idle time; 0 is never.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static bool IsExpired(Occupant instance, long ttlSeconds, long now) =>
        ttlSeconds > 0
        && instance is { IsRunning: true, IsBusy: false, IsPinned: false }
        && Math.Abs(now - instance.IdleSince) >= ttlSeconds * 1000;

    /// <summary>
    /// Whether the watchdog should look: nothing has succeeded for a while. Requests at work are no success: an engine that hangs, or
    /// answers only errors, has
    /// those too.
    /// </summary>
    /// <param name="instance">The instance.</param>
    /// <param name="probeSeconds">After how many seconds; 0 is never.</param>
    /// <param name="lastSuccess">When it last answered a probe, Unix milliseconds.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static bool NeedsProbe(Occupant instance, int probeSeconds, long lastSuccess, long now)
    {
        var period = probeSeconds * 1000L;
        long[] signs = [lastSuccess, instance.ReadyAt ?? 0, instance.LastSucceededAt ?? 0];
        // far ahead: the clock was set back since
        return probeSeconds > 0 && instance.IsRunning && now - signs.Max(sign => sign - now >= period ? 0 : sign) >= period;
    }
}
