using System.Text.Json;
using System.Threading.Channels;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Resources;

/// <summary>
/// Every 30 seconds: a row of <c>resource_metrics</c> for each instance, its averages and its health. GPU allocations follow each start and
/// end at once.
/// </summary>
internal sealed partial class InstanceRecorder(
    DatabaseState database,
    DatabaseWriter writer,
    InstanceRegistry board,
    MetricWindow window,
    MachineMeter machine,
    ReadinessProbe probe,
    AllocationStore allocations,
    ContainerReconciler containers,
    ProjectStore projects,
    Reservations places,
    TimeProvider clock,
    ILogger<InstanceRecorder> logger
) : BackgroundService
{
    private const int AtOnce = 8;
    private const string Unknown = "unknown";
    private const double MbOfGb = 1024;
    private const double Mb = 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // one a living instance; only the loop touches it
    private readonly Dictionary<(long Row, long StartedAt), InstanceAverages> _averages = [];
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Writes the rows of this moment.</summary>
    public async Task RecordAsync(CancellationToken cancellation)
    {
        var latest = window.Latest;
        var samples = latest?.Instances.ToDictionary(sample => sample.ModelId) ?? [];
        var living = board.Active.Where(instance => instance.BaseUrl is not null).ToList();
        var health = await AskAllAsync(living, cancellation).ConfigureAwait(false);
        var usage = await containers.UsageAsync(cancellation).ConfigureAwait(false);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var readings = living
            .Select(
                (instance, index) =>
                    (
                        Instance: instance,
                        Metric: Metric(instance, samples.GetValueOrDefault(instance.ModelId), latest?.Gpus ?? [], usage, now),
                        IsHealthy: health[index]
                    )
            )
            .ToList();
        Count(readings.Select(reading => (reading.Instance, reading.Metric)));
        await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    foreach (var (instance, metric, isHealthy) in readings)
                        await WriteAsync(context, instance, metric?.Row, isHealthy, now, token).ConfigureAwait(false);
                    await EndHealthAsync(context, [.. living.Select(instance => instance.Id)], now, token).ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    // A few at a time: one that hangs must not hold up the others, nor fifty be asked at once.
    private async Task<bool[]> AskAllAsync(List<InstanceSnapshot> living, CancellationToken cancellation)
    {
        using var places = new SemaphoreSlim(AtOnce);
        return await Task.WhenAll(
                living.Select(async instance =>
                {
                    await places.WaitAsync(cancellation).ConfigureAwait(false);
                    try
                    {
                        return await probe.IsHealthyAsync(instance.BaseUrl!, instance.UpstreamKey, cancellation).ConfigureAwait(false);
                    }
                    finally
                    {
                        places.Release();
                    }
                })
            )
            .ConfigureAwait(false);
    }

    private void Count(IEnumerable<(InstanceSnapshot Instance, InstanceMetric? Metric)> readings)
    {
        var present = new HashSet<(long, long)>();
        foreach (var (instance, metric) in readings)
        {
            var key = (instance.Id, instance.StartedAt ?? 0);
            present.Add(key);
            if (metric is not null)
                _averages[key] = _averages.GetValueOrDefault(key, InstanceAverages.None).With(metric);
        }

        foreach (var gone in _averages.Keys.Where(key => !present.Contains(key)).ToList())
            _averages.Remove(gone);
    }

    // Of one that has ended nobody knows whether it is healthy: its history ends with that.
    private static async Task EndHealthAsync(LlamaDbContext context, List<long> living, long now, CancellationToken cancellation)
    {
        var checks = context.Set<HealthCheckRow>();
        var ended = await checks
            .Where(check =>
                check.Status != Unknown
                && !checks.Any(later => later.ContainerId == check.ContainerId && later.Id > check.Id)
                && !context.Instances.Any(row => row.ContainerId == check.ContainerId && living.Contains(row.Id))
            )
            .Select(check => check.ContainerId)
            .Distinct()
            .OrderBy(id => id)
            .Take(1000)
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        context.AddRange(
            ended.Select(id => new HealthCheckRow
            {
                ContainerId = id,
                Status = Unknown,
                Timestamp = now,
                CheckedAt = now,
                Detail = "ended",
            })
        );
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

        using var subscription = board.Changes.Subscribe(_ => Note());
        places.Refreshed += Note; // another project counts
        try
        {
            await Task.WhenAll(FollowAsync(stoppingToken), BeatAsync(stoppingToken)).ConfigureAwait(false);
        }
        finally
        {
            places.Refreshed -= Note;
        }
    }

    private void Note() => _changes.Writer.TryWrite(true);

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
        await allocations
            .SyncAsync(() => places.Occupants().Select(instance => instance.ModelId).ToHashSet(), cancellation)
            .ConfigureAwait(false);
        await projects.CacheUsageAsync(cancellation).ConfigureAwait(false);
    }

    private async Task BeatAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            await GuardAsync(() => RecordAsync(cancellation)).ConfigureAwait(false);
    }

    // A container's figures come from its runtime, which counts everything in it; a process' from its last sample.
    private InstanceMetric? Metric(
        InstanceSnapshot instance,
        InstanceSample? sample,
        IReadOnlyList<GpuSample> gpus,
        IReadOnlyList<ContainerUsage> usage,
        long now
    )
    {
        var total = machine.Read().TotalMemory;
        var cards = places.CardsOf(instance.ModelId) is { Count: > 0 } own ? gpus.Where(gpu => own.Contains(gpu.Id)).ToList() : [];
        var row = new ResourceMetricRow { Timestamp = now, GpuMetrics = GpuMetrics(cards, sample?.Vram) };
        if (instance.ContainerId is { } id && usage.FirstOrDefault(item => id.StartsWith(item.Id, StringComparison.Ordinal)) is { } used)
        {
            (row.CpuPercent, row.MemoryUsedGb, row.MemoryPercent) = (
                used.CpuPercent,
                used.MemoryBytes / (Mb * MbOfGb),
                total > 0 ? used.MemoryBytes / total * 100 : null
            );
            (row.DiskReadMb, row.DiskWriteMb, row.NetworkRxMb, row.NetworkTxMb) = (
                used.DiskRead / Mb,
                used.DiskWrite / Mb,
                used.NetworkReceived / Mb,
                used.NetworkSent / Mb
            );
        }
        else if (sample is null)
        {
            return null;
        }
        else
        {
            var disk = instance.Pid is { } pid ? ProcessTable.DiskBytes(pid) : null;
            (row.CpuPercent, row.MemoryUsedGb, row.MemoryPercent) = (
                sample.Cpu,
                sample.Memory / MbOfGb,
                total > 0 ? sample.Memory * Mb / total * 100 : null
            );
            (row.DiskReadMb, row.DiskWriteMb) = (disk?.Read / Mb, disk?.Written / Mb);
        }

        return new InstanceMetric(row, cards.Average(gpu => gpu.Usage));
    }

    private static string? GpuMetrics(List<GpuSample> cards, double? vram) =>
        cards.Count == 0 && vram is null
            ? null
            : JsonSerializer.Serialize(
                new
                {
                    process_memory_mb = vram,
                    gpus = cards.Select(gpu => new
                    {
                        id = gpu.Id,
                        utilization = gpu.Usage,
                        memory_used_mb = gpu.MemoryUsed,
                        memory_total_mb = gpu.MemoryTotal,
                    }),
                }
            );

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
        var status =
            isHealthy ? "healthy"
            : instance.Phase is InstancePhase.Running ? "unhealthy"
            : Unknown;
        var health = await context
            .Set<HealthCheckRow>()
            .Where(check => check.ContainerId == row.ContainerId)
            .OrderByDescending(check => check.Id)
            .FirstOrDefaultAsync(cancellation)
            .ConfigureAwait(false);
        if (health?.Status != status) // a row for each state, for as long as it lasts
            context.Add(
                health = new HealthCheckRow
                {
                    ContainerId = row.ContainerId,
                    Status = status,
                    Timestamp = now,
                }
            );
        health.FailureCount = status == "unhealthy" ? health.FailureCount + 1 : 0;
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
