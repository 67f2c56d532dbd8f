using System.Collections.Concurrent;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>Looks after running instances once a second: stops those nobody uses, and asks those nothing is heard of.</summary>
internal sealed partial class HealthMonitor(
    InstanceSupervisor supervisor,
    InstanceRegistry registry,
    Reservations places,
    HangProbe probe,
    IOptionsMonitor<InstanceOptions> options,
    TimeProvider clock,
    ILogger<HealthMonitor> logger
) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // one a living engine, process or container; others are removed each round
    private readonly ConcurrentDictionary<(long Row, long ReadyAt), Pulse> _pulses = new();

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new PeriodicWork("Looking after the instances failed", LookAsync, clock, logger)
        {
            Interval = Tick,
            Level = LogLevel.Error,
        }.RunAsync(Task.CompletedTask, stoppingToken);

    private async Task LookAsync(CancellationToken cancellation)
    {
        var now = clock.Monotonic();
        var living = places.Occupants();
        foreach (var instance in living.Where(instance => instance.IsRunning))
        {
            if (IdlePolicy.IsExpired(instance, places.TtlOf(instance.ModelId) ?? options.CurrentValue.TtlSeconds))
                await supervisor.StopIdleAsync(instance.ModelId, cancellation).ConfigureAwait(false);
            else if (registry.Find(instance.ModelId) is { ReadyAt: { } ready } snapshot)
                Feel(instance, snapshot, _pulses.GetOrAdd((snapshot.Id, ready), _ => Pulse.Since(now)), now, cancellation);
        }

        var present = registry.Active.Select(instance => (instance.Id, instance.ReadyAt ?? 0)).ToHashSet();
        foreach (var gone in _pulses.Keys.Where(key => !present.Contains(key)))
            _pulses.TryRemove(gone, out _);
    }

    private void Feel(Occupant instance, InstanceSnapshot snapshot, Pulse pulse, TimeSpan now, CancellationToken cancellation)
    {
        if (
            pulse.Probe.IsCompleted
            && now >= pulse.NotBefore
            && IdlePolicy.NeedsProbe(instance, options.CurrentValue.HangProbeSeconds, now - pulse.LastSuccess)
        )
            pulse.Probe = GuardAsync(() => ProbeAsync(instance, snapshot, pulse, cancellation));
    }

    private async Task ProbeAsync(Occupant instance, InstanceSnapshot snapshot, Pulse pulse, CancellationToken cancellation)
    {
        var answer = await probe
            .AskAsync(snapshot, mayBeAtWork: pulse.Failures == 0 || instance.IsBusy, cancellation)
            .ConfigureAwait(false);
        var trouble = pulse.Judge(answer, instance.IsBusy, clock.Monotonic(), TimeSpan.FromSeconds(options.CurrentValue.HangProbeSeconds));
        if (
            trouble is null
            || pulse.Failures < HangProbe.Attempts
            || registry.Find(snapshot.ModelId)?.Id != snapshot.Id
            || registry.Find(snapshot.ModelId)?.ReadyAt != snapshot.ReadyAt
        )
            return;
        pulse.Failures = 0;
        await supervisor
            .ReportHungAsync(
                snapshot.ModelId,
                $"The engine says it is healthy, but {HangProbe.Attempts} test completions failed: {trouble}. It is restarted.",
                cancellation
            )
            .ConfigureAwait(false);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "An instance could not be asked whether it still works; it is asked again")]
    private partial void LogFailed(Exception error);

    private sealed class Pulse
    {
        private string? _work;

        public TimeSpan LastSuccess { get; private set; }

        // Not asked again before.
        public TimeSpan NotBefore { get; private set; }

        public int Failures { get; set; }

        public Task Probe { get; set; } = Task.CompletedTask;

        public static Pulse Since(TimeSpan now) => new() { LastSuccess = now };

        // Takes an answer; what is wrong, or null. While clients wait, an engine that does nothing visible gets three whole periods: one
        // step over a long prompt
        // can take minutes on a slow processor, and looks the same until it is done.
        public string? Judge(ProbeAnswer answer, bool isBusy, TimeSpan now, TimeSpan period)
        {
            var isStill = answer.Work is not null && answer.Work == _work && isBusy;
            var trouble = answer.Trouble ?? (isStill ? "its slots are busy and nothing moves in them" : null);
            _work = answer.Work;
            if (trouble is null)
            {
                (Failures, NotBefore) = (0, answer.Work is null ? TimeSpan.Zero : now + period);
                LastSuccess = answer.Work is null ? now : LastSuccess;
                return null;
            }

            Failures++;
            NotBefore = isBusy && (answer.IsSilent || isStill) ? now + period : TimeSpan.Zero;
            return trouble;
        }
    }
}
