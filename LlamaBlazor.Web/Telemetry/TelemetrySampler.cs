using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Telemetry.Storage;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>
/// The one collector for all viewers: reads the machine at a steady pace, keeps ten minutes in memory, tells everybody, and hands each
/// sample to the
/// database. A reading that fails costs that sample and nothing else.
/// </summary>
internal sealed class TelemetrySampler(
    SampleSource source,
    MetricWindow window,
    Broadcast<Sample> samples,
    MetricsRecorder recorder,
    SampleRestore restore,
    IOptionsMonitor<TelemetryOptions> options,
    TimeProvider clock,
    ILogger<TelemetrySampler> logger
) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await restore.RunAsync(stoppingToken).ConfigureAwait(false);
        await source.PrepareAsync(stoppingToken).ConfigureAwait(false);
        var work = new PeriodicWork("The machine could not be read", TakeAsync, clock, logger)
        {
            Interval = options.CurrentValue.Interval,
            FirstDelay = TimeSpan.Zero,
            Level = LogLevel.Error,
        };
        using var followed = options.OnChange(changed => work.Interval = changed.Interval);
        await work.RunAsync(Task.CompletedTask, stoppingToken).ConfigureAwait(false);
    }

    private async Task TakeAsync(CancellationToken cancellation)
    {
        var (sample, machine) = await source.TakeAsync(cancellation).ConfigureAwait(false);
        window.Add(sample);
        samples.Publish(sample);
        recorder.Record(sample, machine);
    }
}
