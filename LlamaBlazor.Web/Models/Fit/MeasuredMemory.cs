using System.Globalization;
using System.Threading.Channels;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models.Fit;

/// <summary>Listens to engines while they load and keeps what each says it has taken, with the estimate for the same settings beside it.</summary>
internal sealed partial class MeasuredMemory(
    InstanceBoard board,
    Broadcast<InstanceLogLine> lines,
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    ModelStore store,
    MemoryAdvisor advisor,
    TimeProvider clock,
    ILogger<MeasuredMemory> logger) : BackgroundService
{
    private readonly Channel<(long ModelId, long Bytes)> _ready = Channel.CreateBounded<(long, long)>(new BoundedChannelOptions(256) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<long, EngineMemoryReport> _loading = []; // one a model that is loading

    /// <summary>What the engine said at the last start of a model, or null.</summary>
    public async Task<Measurement?> FindAsync(long modelId, CancellationToken cancellation = default)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            return await context.FitParams.AsNoTracking().Where(fit => fit.ModelId == modelId && fit.MeasuredBytes != null && fit.MeasuredAt != null)
                .Select(fit => new Measurement(fit.MeasuredBytes!.Value, fit.MeasuredAt!.Value, fit.EstimatedBytes)).FirstOrDefaultAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var spoken = lines.Subscribe(line => Listen(line.ModelId, line.Text));
        using var changed = board.Changes.Subscribe(Follow);
        try
        {
            await foreach (var (modelId, bytes) in _ready.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
                await TrySaveAsync(modelId, bytes, stoppingToken).ConfigureAwait(false);
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
            else if (instance.Status != ModelStatus.Loading && _loading.Remove(instance.ModelId, out var report) && instance.Status == ModelStatus.Running && report.TotalBytes is { } bytes)
                _ready.Writer.TryWrite((instance.ModelId, bytes));
        }
    }

    private async Task TrySaveAsync(long modelId, long bytes, CancellationToken cancellation)
    {
        try
        {
            if (await store.FindAsync(modelId.ToString(CultureInfo.InvariantCulture), cancellation).ConfigureAwait(false) is not { } model)
                return;
            var question = await advisor.PrepareAsync(model, cancellation).ConfigureAwait(false);
            var estimate = question.IsSuccess ? advisor.Expect(question.Value).TotalBytes : (long?)null;
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            await writer.ExecuteAsync((context, token) => context.FitParams.Where(fit => fit.ModelId == modelId).ExecuteUpdateAsync(
                set => set.SetProperty(fit => fit.MeasuredBytes, bytes).SetProperty(fit => fit.MeasuredAt, now).SetProperty(fit => fit.EstimatedBytes, estimate).SetProperty(fit => fit.UpdatedAt, now), token), cancellation).ConfigureAwait(false);
            store.Changes.Publish(new ModelChanged(modelId, ModelChanged.Updated));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(modelId, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the engine of model {ModelId} reported about its memory could not be kept")]
    private partial void LogFailed(long modelId, Exception error);
}

/// <summary>What an engine said.</summary>
/// <param name="Bytes">All its buffers.</param>
/// <param name="At">When it was ready, in Unix milliseconds.</param>
/// <param name="EstimatedBytes">The estimate for the same settings, or null.</param>
internal sealed record Measurement(long Bytes, long At, long? EstimatedBytes);
