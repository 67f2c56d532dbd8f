using System.Collections.Concurrent;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>Looks after running instances once a second: stops those nobody uses, asks those nothing is heard of, and starts the preloaded
/// ones once.</summary>
internal sealed partial class HealthMonitor(
    InstanceSupervisor supervisor,
    InstanceRegistry board,
    AdmissionQueue gate,
    HangProbe probe,
    Preloader preloader,
    Broadcast<ConfigChanged> changes,
    Broadcast<ModelChanged> models,
    IOptionsMonitor<InstanceOptions> options,
    TimeProvider clock,
    ILogger<HealthMonitor> logger
) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // one a living engine, process or container; others are removed each round
    private readonly ConcurrentDictionary<(long Row, long ReadyAt), Pulse> _pulses = new();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await supervisor.Swept.WaitAsync(stoppingToken).ConfigureAwait(false);
        if (options.CurrentValue.Preload)
            _ = GuardAsync(() => preloader.RunAsync(stoppingToken));
        using var news = changes.Subscribe(change => _ = GuardAsync(() => TakeOverAsync(change, stoppingToken)));
        using var deletions = models.Subscribe(change =>
            _ = change.Kind is ModelChanged.Deleted or ModelChanged.Library
                ? GuardAsync(() => supervisor.ForgetDeletedAsync(stoppingToken))
                : Task.CompletedTask
        );
        using var timer = new PeriodicTimer(Tick, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            await GuardAsync(() => LookAsync(stoppingToken)).ConfigureAwait(false);
    }

    private Task TakeOverAsync(ConfigChanged change, CancellationToken cancellation) =>
        change.ModelId is { } model ? supervisor.RefreshAsync(model, cancellation) : Task.CompletedTask;

    private async Task LookAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var living = gate.Occupants();
        foreach (var instance in living.Where(instance => instance.IsRunning))
        {
            if (IdlePolicy.IsExpired(instance, gate.TtlOf(instance.ModelId) ?? options.CurrentValue.TtlSeconds, now))
                await supervisor.StopIdleAsync(instance.ModelId, cancellation).ConfigureAwait(false);
            else if (board.Find(instance.ModelId) is { ReadyAt: { } ready } snapshot)
                Feel(instance, snapshot, _pulses.GetOrAdd((snapshot.Id, ready), _ => Pulse.Since(now)), now, cancellation);
        }

        var present = board.Active.Select(instance => (instance.Id, instance.ReadyAt ?? 0)).ToHashSet();
        foreach (var gone in _pulses.Keys.Where(key => !present.Contains(key)))
            _pulses.TryRemove(gone, out _);
    }

    private void Feel(Occupant instance, InstanceSnapshot snapshot, Pulse pulse, long now, CancellationToken cancellation)
    {
        if (
            pulse.Probe.IsCompleted
            && pulse.MayBeAsked(now, options.CurrentValue.HangProbeSeconds * 1000L)
            && IdlePolicy.NeedsProbe(instance, options.CurrentValue.HangProbeSeconds, pulse.LastSuccess, now)
        )
            pulse.Probe = GuardAsync(() => ProbeAsync(instance, snapshot, pulse, cancellation));
    }

    private async Task ProbeAsync(Occupant instance, InstanceSnapshot snapshot, Pulse pulse, CancellationToken cancellation)
    {
        var answer = await probe
            .AskAsync(snapshot, mayBeAtWork: pulse.Failures == 0 || instance.IsBusy, cancellation)
            .ConfigureAwait(false);
        var trouble = pulse.Judge(
            answer,
            instance.IsBusy,
            clock.GetUtcNow().ToUnixTimeMilliseconds(),
            options.CurrentValue.HangProbeSeconds * 1000L
        );
        if (
            trouble is null
            || pulse.Failures < HangProbe.Attempts
            || board.Find(snapshot.ModelId)?.Id != snapshot.Id
            || board.Find(snapshot.ModelId)?.ReadyAt != snapshot.ReadyAt
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking after the instances failed; it goes on")]
    private partial void LogFailed(Exception error);

    private sealed class Pulse
    {
        private string? _work;
        private long _notBefore;

        public long LastSuccess { get; private set; }

        public int Failures { get; set; }

        public Task Probe { get; set; } = Task.CompletedTask;

        public static Pulse Since(long now) => new() { LastSuccess = now };

        // It never waits for longer than a period: else the clock was set back.
        public bool MayBeAsked(long now, long period) => now >= _notBefore || _notBefore - now > period;

        // Takes an answer; what is wrong, or null. While clients wait, an engine that does nothing visible gets three whole periods: one
        // step over a long prompt
        // can take minutes on a slow processor, and looks the same until it is done.
        public string? Judge(ProbeAnswer answer, bool isBusy, long now, long period)
        {
            var isStill = answer.Work is not null && answer.Work == _work && isBusy;
            var trouble = answer.Trouble ?? (isStill ? "its slots are busy and nothing moves in them" : null);
            _work = answer.Work;
            if (trouble is null)
            {
                (Failures, _notBefore) = (0, answer.Work is null ? 0 : now + period);
                LastSuccess = answer.Work is null ? now : LastSuccess;
                return null;
            }

            Failures++;
            _notBefore = isBusy && (answer.IsSilent || isStill) ? now + period : 0;
            return trouble;
        }
    }
}
