using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>The instances' part in the life of the dashboard: what an earlier run left behind is cleared away at its start, and every
/// engine is ended at its end.</summary>
internal sealed partial class InstanceHost(
    InstanceActors actors,
    OrphanReaper reaper,
    ReadLoad load,
    IHostApplicationLifetime lifetime,
    IOptionsMonitor<InstanceOptions> options,
    TimeProvider clock,
    ILogger<InstanceHost> logger
) : BackgroundService
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndReserve = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        actors.End();
        await base.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await Task.WhenAll(actors.All.Select(actor => EndAsync(actor, cancellationToken))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStopping.Register(() => _ = DrainAsync());
        try
        {
            await reaper.RunAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogSweepFailed(error);
        }
        finally
        {
            actors.Begin();
        }
    }

    // The web server waits for its streams before we are told to stop: engines end a little after the shutdown begins, or a long answer
    // would hold it up.
    private async Task DrainAsync()
    {
        try
        {
            actors.End();
            var started = clock.GetTimestamp();
            while (actors.Models.Any(model => load(model).Busy > 0) && clock.GetElapsedTime(started) < DrainLimit)
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock).ConfigureAwait(false);
            await Task.WhenAll(actors.All.Select(actor => actor.AskAsync(new StopRequest(), CancellationToken.None))).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogNotEnded(error); // StopAsync makes up for it
        }
    }

    // Asked first; whoever is still there after the grace, or when the host has no more time, is killed. Every process is gone when this
    // returns.
    private async Task EndAsync(InstanceActor actor, CancellationToken cancellation)
    {
        try
        {
            await actor.AskAsync(new StopRequest(), cancellation).ConfigureAwait(false);
            await actor
                .Gone.WaitAsync(TimeSpan.FromSeconds(options.CurrentValue.StopGraceSeconds) + EndReserve, clock, cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException)
        {
            actor.Kill();
        }
        catch (Exception error)
        {
            LogNotEnded(error);
            actor.Kill();
        }

        actor.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An instance could not be asked to end; it was killed")]
    private partial void LogNotEnded(Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "What an earlier run left behind could not be ended")]
    private partial void LogSweepFailed(Exception error);
}
