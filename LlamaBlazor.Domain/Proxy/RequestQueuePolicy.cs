namespace LlamaBlazor.Domain.Proxy;

/// <summary>What a queue of one model may hold and for how long.</summary>
/// <param name="Size">Most requests that wait.</param>
/// <param name="WaitLimit">Longest wait, loading included.</param>
public sealed record RequestQueuePolicy(int Size, TimeSpan WaitLimit)
{
    private const double SecondsEach = 2; // before anything was measured
    private const int LongestSeconds = 60; // clients take no longer wait for an answer

    /// <summary>Seconds after which a refused client may try again: about when half of the line has moved, from 1 second to a minute or the
    /// wait limit.</summary>
    /// <param name="waiting">Requests that wait now.</param>
    /// <param name="each">How long a request takes at the engine, as measured; null while nothing was.</param>
    /// <param name="places">Requests at work at once.</param>
    public int RetryAfterSeconds(int waiting, TimeSpan? each = null, int places = 1)
    {
        var seconds = Math.Max(1, waiting / 2.0) * (each?.TotalSeconds ?? SecondsEach) / Math.Max(1, places);
        return (int)Math.Clamp(Math.Ceiling(seconds), 1, Math.Clamp(WaitLimit.TotalSeconds, 1, LongestSeconds));
    }
}
