namespace LlamaBlazor.Domain.Common;

/// <summary>Points in time for durations: nobody sets this clock, as people and time servers set that of the wall.</summary>
public static class MonotonicTime
{
    /// <summary>The time of a clock's timestamps. It means nothing by itself: differences are durations of this run.</summary>
    /// <param name="clock">The clock.</param>
    public static TimeSpan Monotonic(this TimeProvider clock) => clock.GetElapsedTime(0);
}
