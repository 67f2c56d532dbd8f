using System.Collections.Concurrent;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Connections;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>
/// Asks running engines for <c>/metrics</c> and <c>/slots</c> every two seconds. Both wake a sleeping engine and keep it awake, so one that
/// may
/// sleep is asked only while it works for us, and one that sleeps never.
/// </summary>
internal sealed class EngineScraper(
    InstanceRegistry registry,
    IDbContextFactory<LlamaDbContext> contexts,
    EngineClient client,
    IOptionsMonitor<TelemetryOptions> options,
    TimeProvider clock,
    ILogger<EngineScraper> logger
) : BackgroundService
{
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1.5);

    private readonly ConcurrentDictionary<long, Engine> _engines = new(); // one an active instance; others are removed each round

    /// <summary>The last reading of a model's engine, or null.</summary>
    public EngineReading? Find(long modelId) => _engines.GetValueOrDefault(modelId)?.Reading;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var work = new PeriodicWork("The engines could not be asked for their metrics", ScrapeAsync, clock, logger)
        {
            Interval = PeriodOf(options.CurrentValue),
        };
        using var followed = options.OnChange(changed => work.Interval = PeriodOf(changed));
        await work.RunAsync(Task.CompletedTask, stoppingToken).ConfigureAwait(false);
    }

    private static TimeSpan PeriodOf(TelemetryOptions options) => options.Interval > Slowest ? options.Interval : Slowest;

    private Task ScrapeAsync(CancellationToken cancellation)
    {
        var running = registry
            .Active.Where(instance => instance is { Phase: InstancePhase.Running, BaseUrl: not null, Pid: not null })
            .ToList();
        foreach (var (modelId, engine) in _engines)
        {
            if (!running.Any(instance => instance.ModelId == modelId && instance.Pid == engine.Pid))
                _engines.TryRemove(modelId, out _);
        }

        return Task.WhenAll(running.Select(instance => ScrapeAsync(instance, cancellation)));
    }

    private async Task ScrapeAsync(InstanceSnapshot instance, CancellationToken cancellation)
    {
        if (!_engines.TryGetValue(instance.ModelId, out var engine))
            engine = _engines[instance.ModelId] = new Engine(
                instance.Pid!.Value,
                await MaySleepAsync(instance.ModelId, cancellation).ConfigureAwait(false)
            );
        if (engine.MaySleep && instance.Busy == 0)
        {
            engine.Reading = engine.Reading is { } last ? last with { TokensPerSecond = 0, SlotsBusy = 0, Queued = 0 } : null;
            return;
        }

        // One that ends, or is too busy to answer in time, is unknown for this round.
        var address = EngineAddress.Of(instance);
        var told = await client.MetricsAsync(address, AnswerLimit, cancellation).ConfigureAwait(false);
        var metrics = told.Text is { } text ? EngineMetrics.Parse(text) : null;
        told = await client.SlotsAsync(address, AnswerLimit, cancellation).ConfigureAwait(false);
        var slots = told.Text is { } json ? EngineSlots.Parse(json) : null;
        var rate = engine.Rate.Next(metrics, slots, (long)clock.GetElapsedTime(0).TotalMilliseconds);
        engine.Reading =
            metrics is null && slots is null
                ? null
                : new EngineReading(rate, slots?.Busy ?? metrics?.Processing, slots?.Total, slots?.KvUsage, metrics?.Deferred);
    }

    private async Task<bool> MaySleepAsync(long modelId, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                context =>
                    context
                        .Set<Domain.Parameters.AdvancedConfig>()
                        .AnyAsync(config => config.ModelId == modelId && config.SleepIdleSeconds > 0, cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    private sealed class Engine(int pid, bool maySleep)
    {
        public int Pid => pid;

        public bool MaySleep => maySleep;

        public TokenRate Rate { get; } = new();

        public EngineReading? Reading { get; set; }
    }
}

/// <summary>What an engine told. Null is unknown.</summary>
/// <param name="TokensPerSecond">Tokens generated a second.</param>
/// <param name="SlotsBusy">Slots at work.</param>
/// <param name="SlotsTotal">Slots.</param>
/// <param name="KvUsage">Percent of the slots' context in use.</param>
/// <param name="Queued">Requests that wait for a slot.</param>
internal sealed record EngineReading(double? TokensPerSecond, int? SlotsBusy, int? SlotsTotal, double? KvUsage, int? Queued);
