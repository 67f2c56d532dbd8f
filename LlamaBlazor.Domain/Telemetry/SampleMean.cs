namespace LlamaBlazor.Domain.Telemetry;

/// <summary>Several samples as one: means, except for the hottest temperature, the most active models and the last uptime.</summary>
public static class SampleMean
{
    /// <summary>The mean of samples. A value that some lack is the mean of those that have it; one that all lack stays null.</summary>
    /// <param name="timestamp">The moment the result stands for, Unix milliseconds.</param>
    /// <param name="samples">At least one, oldest first.</param>
    public static Sample Of(long timestamp, IReadOnlyList<Sample> samples)
    {
        if (samples.Count == 0)
            throw new ArgumentException("There is no mean of nothing.", nameof(samples));
        return new Sample
        {
            Timestamp = timestamp,
            CpuUsage = samples.Average(s => s.CpuUsage),
            MemoryUsage = samples.Average(s => s.MemoryUsage),
            DiskUsage = samples.Average(s => s.DiskUsage),
            SwapUsage = samples.Average(s => s.SwapUsage),
            GpuUsage = samples.Average(s => s.GpuUsage),
            GpuTemperature = samples.Max(s => s.GpuTemperature),
            GpuMemoryUsed = samples.Average(s => s.GpuMemoryUsed),
            GpuMemoryTotal = samples.Max(s => s.GpuMemoryTotal),
            GpuPowerUsage = samples.Average(s => s.GpuPowerUsage),
            ActiveModels = samples.Max(s => s.ActiveModels),
            Uptime = samples[^1].Uptime,
            RequestsPerMinute = samples.Average(s => s.RequestsPerMinute),
            Load1Min = samples.Average(s => s.Load1Min),
            NetRx = samples.Average(s => s.NetRx),
            NetTx = samples.Average(s => s.NetTx),
            TokensPerSecond = samples.Average(s => s.TokensPerSecond),
        };
    }
}
