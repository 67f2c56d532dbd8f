using System.Globalization;
using System.Threading.Channels;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Telemetry.Gpu;
using LlamaBlazor.Web.Telemetry.Machine;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Memory;

/// <summary>
/// Keeps what each engine has taken once it is ready, with the estimate for the same settings beside it: what it says itself while it
/// loads, else (newer ones
/// say it with verbosity 4 only) what the system counts for its process, in main memory and on GPUs.
/// </summary>
internal sealed partial class MeasuredMemory(
    InstanceRegistry board,
    Broadcast<InstanceLogLine> lines,
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    ModelStore store,
    MemoryAdvisor advisor,
    GpuDrivers drivers,
    IConfiguration configuration,
    TimeProvider clock,
    ILogger<MeasuredMemory> logger
) : BackgroundService
{
    private static readonly TimeSpan DriverPatience = TimeSpan.FromSeconds(2);

    private readonly bool _isDemo = DashboardHost.IsDemo(configuration);
    private readonly Channel<(long ModelId, long? Bytes, int? Pid)> _ready = Channel.CreateBounded<(long, long?, int?)>(
        new BoundedChannelOptions(256) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly Dictionary<long, EngineMemoryReport> _loading = []; // one a model that is loading

    /// <summary>What a model took at its last start, or null.</summary>
    public async Task<Measurement?> FindAsync(long modelId, CancellationToken cancellation = default)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            return await context
                .FitParams.AsNoTracking()
                .Where(fit => fit.ModelId == modelId && fit.MeasuredBytes != null && fit.MeasuredAt != null)
                .Select(fit => new Measurement(fit.MeasuredBytes!.Value, fit.MeasuredAt!.Value, fit.EstimatedBytes))
                .FirstOrDefaultAsync(cancellation)
                .ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var spoken = lines.Subscribe(line => Listen(line.ModelId, line.Text));
        using var changed = board.Changes.Subscribe(Follow);
        try
        {
            await foreach (var (modelId, bytes, pid) in _ready.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
                await TrySaveAsync(modelId, bytes, pid, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The dashboard ends.
        }
    }

    private void Listen(long modelId, string line)
    {
        lock (_loading)
        {
            if (_loading.TryGetValue(modelId, out var report))
                report.Read(line);
        }
    }

    // A process has begun: listen from its first line. Ready: what was said is all there is.
    private void Follow(InstanceSnapshot instance)
    {
        lock (_loading)
        {
            if (instance is { Status: ModelStatus.Loading, Pid: null })
                _loading[instance.ModelId] = new EngineMemoryReport();
            else if (
                instance.Status != ModelStatus.Loading
                && _loading.Remove(instance.ModelId, out var report)
                && instance.Status == ModelStatus.Running
                && !_isDemo
            )
                _ready.Writer.TryWrite((instance.ModelId, report.TotalBytes, instance.Pid));
        }
    }

    private async Task TrySaveAsync(long modelId, long? reported, int? pid, CancellationToken cancellation)
    {
        try
        {
            // At once: what it takes later is for the requests it serves.
            var process = reported is null && pid is { } id ? await MeasureAsync(id, cancellation).ConfigureAwait(false) : null;
            if (await store.FindAsync(modelId.ToString(CultureInfo.InvariantCulture), cancellation).ConfigureAwait(false) is not { } model)
                return;
            var question = await advisor.PrepareAsync(model, cancellation).ConfigureAwait(false);
            var expected = question.IsSuccess ? advisor.Expect(question.Value) : null;
            var isOnGpus = expected?.Devices.SkipLast(1).Any(device => device.Bytes > 0) ?? false;
            // Half of the truth is none: a driver that does not tell whose memory it is.
            if ((reported ?? (isOnGpus && process is not { Gpus: > 0 } ? null : process?.Host + process?.Gpus)) is not { } bytes)
                return;
            var estimate = expected?.TotalBytes;
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            await writer
                .ExecuteAsync(
                    (context, token) =>
                        context
                            .FitParams.Where(fit => fit.ModelId == modelId)
                            .ExecuteUpdateAsync(
                                set =>
                                    set.SetProperty(fit => fit.MeasuredBytes, bytes)
                                        .SetProperty(fit => fit.MeasuredAt, now)
                                        .SetProperty(fit => fit.EstimatedBytes, estimate)
                                        .SetProperty(fit => fit.UpdatedAt, now),
                                token
                            ),
                    cancellation
                )
                .ConfigureAwait(false);
            store.Changes.Publish(new ModelChanged(modelId, ModelChanged.Updated));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(modelId, error);
        }
    }

    private async Task<ProcessUse?> MeasureAsync(int pid, CancellationToken cancellation)
    {
        var cards = await drivers.ReadAsync(DriverPatience, withProcesses: true, cancellation).ConfigureAwait(false);
        var family = ProcessMemory.Family(pid);
        return ProcessMemory.Of(pid) is { } host
            ? new ProcessUse(host, (long)(family.Sum(member => cards.Processes.GetValueOrDefault(member)) * (1 << 20)))
            : null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the engine of model {ModelId} takes of memory could not be kept")]
    private partial void LogFailed(long modelId, Exception error);

    private sealed record ProcessUse(long Host, long Gpus);
}

/// <summary>What an engine took.</summary>
/// <param name="Bytes">All its buffers as it said, else its process with what it holds on GPUs.</param>
/// <param name="At">When it was ready, in Unix milliseconds.</param>
/// <param name="EstimatedBytes">The estimate for the same settings, or null.</param>
internal sealed record Measurement(long Bytes, long At, long? EstimatedBytes);
