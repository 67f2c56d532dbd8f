using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Resources;

/// <summary>Every 30 seconds: a row of <c>resource_metrics</c> for each instance, its averages and its health.</summary>
internal sealed class InstanceRecorder(
    DatabaseState database,
    DatabaseWriter writer,
    InstanceRegistry registry,
    InstanceReadings readings,
    InstanceHealth health,
    TimeProvider clock,
    ILogger<InstanceRecorder> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // one a living instance; only the loop touches it
    private readonly Dictionary<(long Row, long StartedAt), InstanceAverages> _averages = [];

    /// <summary>Writes the rows of this moment.</summary>
    public async Task RecordAsync(CancellationToken cancellation)
    {
        var living = registry.Active.Where(instance => instance.BaseUrl is not null).ToList();
        var isHealthy = await health.AskAsync(living, cancellation).ConfigureAwait(false);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var metrics = await readings.ReadAsync(living, now, cancellation).ConfigureAwait(false);
        Count([.. living.Zip(metrics)]);
        await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    for (var i = 0; i < living.Count; i++)
                        await WriteAsync(context, living[i], metrics[i]?.Row, isHealthy[i], now, token).ConfigureAwait(false);
                    await InstanceHealth.EndAsync(context, [.. living.Select(instance => instance.Id)], now, token).ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new PeriodicWork("The state of the instances could not be recorded", RecordAsync, clock, logger) { Interval = Interval }.RunAsync(
            database.Ready,
            stoppingToken
        );

    private void Count(IReadOnlyList<(InstanceSnapshot Instance, InstanceMetric? Metric)> all)
    {
        var present = new HashSet<(long, long)>();
        foreach (var (instance, metric) in all)
        {
            var key = (instance.Id, instance.StartedAt ?? 0);
            present.Add(key);
            if (metric is not null)
                _averages[key] = _averages.GetValueOrDefault(key, InstanceAverages.None).With(metric);
        }

        foreach (var gone in _averages.Keys.Where(key => !present.Contains(key)).ToList())
            _averages.Remove(gone);
    }

    private async Task WriteAsync(
        LlamaDbContext context,
        InstanceSnapshot instance,
        ResourceMetricRow? metric,
        bool isHealthy,
        long now,
        CancellationToken cancellation
    )
    {
        if (await context.Instances.FindAsync([instance.Id], cancellation).ConfigureAwait(false) is not { } row)
            return; // its row is about to be written
        if (metric is not null)
        {
            metric.ContainerId = row.ContainerId;
            context.Add(metric);
        }

        if (_averages.TryGetValue((instance.Id, instance.StartedAt ?? 0), out var averages))
            (row.CpuUsageAvg, row.MemoryUsageAvgGb, row.GpuUtilizationAvg) = (averages.Cpu.Mean, averages.Memory.Mean, averages.Gpu.Mean);
        await InstanceHealth.WriteAsync(context, instance, row.ContainerId, isHealthy, now, cancellation).ConfigureAwait(false);
    }
}
