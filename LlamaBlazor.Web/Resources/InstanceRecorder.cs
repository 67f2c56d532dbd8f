using System.Threading.Channels;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Instances.Containers;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Resources;

/// <summary>
/// Every 30 seconds: a row of <c>resource_metrics</c> for each instance, its averages and its health; old rows leave (7 days of metrics, 30 of
/// <c>system_snapshots</c>). GPU allocations follow each start and end at once.
/// </summary>
internal sealed partial class InstanceRecorder(
    DatabaseState database,
    DatabaseWriter writer,
    InstanceBoard board,
    MetricWindow window,
    MachineMeter machine,
    ReadinessProbe probe,
    AllocationStore allocations,
    ContainerKeeper containers,
    ProjectStore projects,
    StartGate gate,
    TimeProvider clock,
    ILogger<InstanceRecorder> logger) : BackgroundService
{
    private const long Day = 86_400_000;
    private const double MbOfGb = 1024;
    private const double Mb = 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Writes the rows of this moment.</summary>
    public async Task RecordAsync(CancellationToken cancellation)
    {
        var samples = window.Latest?.Instances.ToDictionary(sample => sample.ModelId) ?? [];
        var readings = new List<(InstanceSnapshot Instance, InstanceSample? Sample, bool IsHealthy)>();
        foreach (var instance in board.Active.Where(instance => instance.BaseUrl is not null))
            readings.Add((instance, samples.GetValueOrDefault(instance.ModelId), await probe.IsHealthyAsync(instance.BaseUrl!, instance.UpstreamKey, cancellation).ConfigureAwait(false)));
        var usage = await containers.UsageAsync(cancellation).ConfigureAwait(false);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await writer.ExecuteAsync(async (context, token) =>
        {
            foreach (var (instance, sample, isHealthy) in readings)
                await WriteAsync(context, instance, Metric(instance, sample, usage, now), isHealthy, now, token).ConfigureAwait(false);
            await context.Set<ResourceMetricRow>().Where(row => row.Timestamp < now - (7 * Day)).ExecuteDeleteAsync(token).ConfigureAwait(false);
            await context.SystemSnapshots.Where(row => row.Timestamp < now - (30 * Day)).ExecuteDeleteAsync(token).ConfigureAwait(false);
        }, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            return; // the database cannot be used, which is shown everywhere: there is nothing to record into
        }

        using var subscription = board.Changes.Subscribe(_ => _changes.Writer.TryWrite(true));
        await Task.WhenAll(FollowAsync(stoppingToken), BeatAsync(stoppingToken)).ConfigureAwait(false);
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        await GuardAsync(() => SyncAsync(cancellation)).ConfigureAwait(false);
        while (await _changes.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            _changes.Reader.TryRead(out _);
            await GuardAsync(() => SyncAsync(cancellation)).ConfigureAwait(false);
        }
    }

    private async Task SyncAsync(CancellationToken cancellation)
    {
        await allocations.SyncAsync(() => gate.Occupants().Select(instance => instance.ModelId).ToHashSet(), cancellation).ConfigureAwait(false);
        await projects.CacheUsageAsync(cancellation).ConfigureAwait(false);
    }

    private async Task BeatAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            await GuardAsync(() => RecordAsync(cancellation)).ConfigureAwait(false);
    }

    // A container's figures come from its runtime, which counts everything in it; a process' from its last sample.
    private ResourceMetricRow? Metric(InstanceSnapshot instance, InstanceSample? sample, IReadOnlyList<ContainerUsage> usage, long now)
    {
        var total = machine.Read().TotalMemory;
        if (instance.ContainerId is { } id && usage.FirstOrDefault(item => id.StartsWith(item.Id, StringComparison.Ordinal)) is { } used)
        {
            return new ResourceMetricRow
            {
                Timestamp = now,
                CpuPercent = used.CpuPercent,
                MemoryUsedGb = used.MemoryBytes / (Mb * MbOfGb),
                MemoryPercent = total > 0 ? used.MemoryBytes / total * 100 : null,
                DiskReadMb = used.DiskRead / Mb,
                DiskWriteMb = used.DiskWrite / Mb,
                NetworkRxMb = used.NetworkReceived / Mb,
                NetworkTxMb = used.NetworkSent / Mb,
            };
        }

        return sample is null ? null : new ResourceMetricRow { Timestamp = now, CpuPercent = sample.Cpu, MemoryUsedGb = sample.Memory / MbOfGb, MemoryPercent = total > 0 ? sample.Memory * Mb / total * 100 : null };
    }

    private static async Task WriteAsync(LlamaDbContext context, InstanceSnapshot instance, ResourceMetricRow? metric, bool isHealthy, long now, CancellationToken cancellation)
    {
        if (await context.Instances.FindAsync([instance.Id], cancellation).ConfigureAwait(false) is not { } row)
            return; // its row is about to be written
        if (metric is not null)
        {
            metric.ContainerId = row.ContainerId;
            context.Add(metric);
        }

        await context.SaveChangesAsync(cancellation).ConfigureAwait(false); // the averages below count it
        var since = instance.StartedAt ?? 0;
        var rows = context.Set<ResourceMetricRow>().Where(metric => metric.ContainerId == row.ContainerId && metric.Timestamp >= since);
        row.CpuUsageAvg = await rows.AverageAsync(metric => metric.CpuPercent, cancellation).ConfigureAwait(false);
        row.MemoryUsageAvgGb = await rows.AverageAsync(metric => metric.MemoryUsedGb, cancellation).ConfigureAwait(false);
        var health = await context.Set<HealthCheckRow>().FirstOrDefaultAsync(check => check.ContainerId == row.ContainerId, cancellation).ConfigureAwait(false);
        if (health is null)
            context.Add(health = new HealthCheckRow { ContainerId = row.ContainerId });
        health.Status = isHealthy ? "healthy" : instance.Status == "running" ? "unhealthy" : "unknown";
        health.FailureCount = health.Status == "unhealthy" ? health.FailureCount + 1 : 0;
        (health.CheckedAt, health.Detail) = (now, isHealthy ? "ok" : instance.RuntimeStatus);
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The dashboard ends.
        }
        catch (Exception error)
        {
            LogFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state of the instances could not be recorded; it is tried again")]
    private partial void LogFailed(Exception error);
}
