using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Telemetry.Storage;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>
/// The one collector for all viewers: reads the machine at a steady pace, keeps ten minutes in memory, tells everybody, and hands each
/// sample to the
/// database. A reading that fails costs that sample and nothing else.
/// </summary>
internal sealed partial class TelemetrySampler(
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
    private bool _failing;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await restore.RunAsync(stoppingToken).ConfigureAwait(false);
        await source.PrepareAsync(stoppingToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(options.CurrentValue.Interval, clock);
        using var followed = options.OnChange(changed => timer.Period = changed.Interval);
        do
        {
            await TickAsync(stoppingToken).ConfigureAwait(false);
        } while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task TickAsync(CancellationToken cancellation)
    {
        try
        {
            var (sample, machine) = await source.TakeAsync(cancellation).ConfigureAwait(false);
            window.Add(sample);
            samples.Publish(sample);
            recorder.Record(sample, machine);
            _failing = false;
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            if (!_failing)
                LogFailed(error);
            _failing = true;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The machine could not be read; the next sample tries again, further failures are not repeated here"
    )]
    private partial void LogFailed(Exception error);
}
