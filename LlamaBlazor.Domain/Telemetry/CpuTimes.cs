namespace LlamaBlazor.Domain.Telemetry;

/// <summary>Ticks that the processors spent since the machine started.</summary>
/// <param name="Busy">Ticks at work.</param>
/// <param name="Total">All ticks.</param>
public readonly record struct CpuTimes(long Busy, long Total)
{
    /// <summary>Percent of the time since an earlier reading, 0 to 100; 0 when no time has passed or the counters went back.</summary>
    /// <param name="earlier">The earlier reading.</param>
    public double PercentSince(CpuTimes earlier)
    {
        var total = Total - earlier.Total;
        return total <= 0 ? 0 : Math.Clamp(100.0 * (Busy - earlier.Busy) / total, 0, 100);
    }
}
