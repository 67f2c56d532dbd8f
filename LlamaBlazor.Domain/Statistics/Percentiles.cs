namespace LlamaBlazor.Domain.Statistics;

/// <summary>Median and tails of a set of measurements.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="P50">Half are at most this.</param>
/// <param name="P95">95 of 100 are at most this.</param>
/// <param name="P99">99 of 100 are at most this.</param>
/// <param name="Max">The largest.</param>
public sealed record Percentiles(int Count, double P50, double P95, double P99, double Max)
{
    /// <summary>By the nearest-rank method, so that each value was really measured; null when there is none. What is not finite is left
    /// out.</summary>
    /// <param name="values">The measurements, in any order.</param>
    public static Percentiles? Of(IEnumerable<double> values)
    {
        var sorted = values.Where(double.IsFinite).Order().ToArray();
        return sorted.Length == 0
            ? null
            : new Percentiles(sorted.Length, Rank(sorted, 0.50), Rank(sorted, 0.95), Rank(sorted, 0.99), sorted[^1]);
    }

    private static double Rank(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
