namespace LlamaBlazor.Domain.Telemetry;

/// <summary>
/// Tokens a second of one engine. Its counter moves only when a request ends, and the slots tell how far running requests are, so their sum
/// grows
/// token by token. Past a million the counter is rounded; then only the running requests are followed.
/// </summary>
public sealed class TokenRate
{
    private const double ExactUpTo = 1_000_000;

    private double? _last;
    private long _lastAt;
    private bool _exact;

    /// <summary>Takes a reading and returns the rate since the one before; null for the first, or when it tells nothing.</summary>
    /// <param name="metrics">Answer of <c>/metrics</c>, or null.</param>
    /// <param name="slots">Answer of <c>/slots</c>, or null.</param>
    /// <param name="timestamp">When, in milliseconds of a clock that never goes back.</param>
    public double? Next(EngineMetrics? metrics, EngineSlots? slots, long timestamp)
    {
        var exact = metrics?.PredictedTokens < ExactUpTo;
        double? total = exact ? metrics!.PredictedTokens + (slots?.Decoded ?? 0) : slots?.Decoded ?? metrics?.PredictedTokens;
        var (before, at, comparable) = (_last, _lastAt, exact == _exact);
        (_last, _lastAt, _exact) = (total, timestamp, exact);
        if (total is null || before is null || !comparable || timestamp <= at)
            return null;
        return Math.Max(0, (total.Value - before.Value) * 1000.0 / (timestamp - at));
    }
}
