namespace LlamaBlazor.Web.Resources;

/// <summary>What an instance used at one moment.</summary>
/// <param name="Row">The row that is written.</param>
/// <param name="GpuPercent">Mean percent of its GPUs, or null.</param>
internal sealed record InstanceMetric(ResourceMetricRow Row, double? GpuPercent);

/// <summary>A mean that grows by one value at a time; what is not known counts for nothing.</summary>
internal readonly record struct RunningMean(double Sum, int Count)
{
    /// <summary>The mean, or null while there is no value.</summary>
    public double? Mean => Count == 0 ? null : Sum / Count;

    /// <summary>With one more.</summary>
    public RunningMean With(double? value) => value is { } known ? new(Sum + known, Count + 1) : this;
}

/// <summary>The means of one instance since its start. Kept in memory, since each new row would otherwise read all earlier ones
/// again.</summary>
internal sealed record InstanceAverages(RunningMean Cpu, RunningMean Memory, RunningMean Gpu)
{
    /// <summary>Nothing was read yet.</summary>
    public static InstanceAverages None { get; } = new(default, default, default);

    /// <summary>With one more reading.</summary>
    public InstanceAverages With(InstanceMetric metric) =>
        new(Cpu.With(metric.Row.CpuPercent), Memory.With(metric.Row.MemoryUsedGb), Gpu.With(metric.GpuPercent));
}
