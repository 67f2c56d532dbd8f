namespace LlamaBlazor.Domain.Telemetry;

/// <summary>Several samples as one, each value by its <see cref="MetricField.Aggregate"/>.</summary>
public static class SampleMean
{
    /// <summary>The mean of samples. A value that some lack is the mean of those that have it; one that all lack stays null.</summary>
    /// <param name="timestamp">The moment the result stands for, Unix milliseconds.</param>
    /// <param name="samples">At least one, oldest first.</param>
    public static Sample Of(long timestamp, IReadOnlyList<Sample> samples)
    {
        if (samples.Count == 0)
            throw new ArgumentException("There is no mean of nothing.", nameof(samples));
        return MetricField.Compose(timestamp, field => field.Reduce(samples));
    }
}
