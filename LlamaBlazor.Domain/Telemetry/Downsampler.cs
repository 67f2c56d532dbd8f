namespace LlamaBlazor.Domain.Telemetry;

/// <summary>Fewer points for a chart: samples of one step of time become their mean, and a step without samples stays a gap.</summary>
public static class Downsampler
{
    /// <summary>Length of one step so that a range gives at most a number of points; whole seconds.</summary>
    /// <param name="rangeMs">Length of the range, milliseconds.</param>
    /// <param name="points">Wanted points, at least 1.</param>
    public static long StepMs(long rangeMs, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        return Math.Max(1000, (rangeMs + (points * 1000L) - 1) / (points * 1000L) * 1000);
    }

    /// <summary>The means of each step, oldest first; each stands at the start of its step.</summary>
    /// <param name="samples">Oldest first.</param>
    /// <param name="stepMs">Length of a step, milliseconds.</param>
    public static IReadOnlyList<Sample> Reduce(IReadOnlyList<Sample> samples, long stepMs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepMs, 1);
        return [.. samples.GroupBy(sample => sample.Timestamp / stepMs).Select(step => SampleMean.Of(step.Key * stepMs, [.. step]))];
    }
}
