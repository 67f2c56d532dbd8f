using System.Collections.Concurrent;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Instances;

/// <summary>Looks after running instances once a second: stops those nobody uses, asks those nothing is heard of, and starts the preloaded ones once.</summary>
internal sealed partial class InstanceCare(
    IDbContextFactory<LlamaDbContext> contexts,
    InstanceSupervisor supervisor,
    InstanceBoard board,
    StartGate gate,
    HangProbe probe,
    Broadcast<ConfigChanged> changes,
    InstanceOptions options,
    TimeProvider clock,
    ILogger<InstanceCare> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<int, Pulse> _pulses = new(); // one a living process; others are removed each round

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await supervisor.Swept.WaitAsync(stoppingToken).ConfigureAwait(false);
        if (options.Preload)
            _ = GuardAsync(() => PreloadAsync(stoppingToken));
        using var news = changes.Subscribe(change => _ = GuardAsync(() => TakeOverAsync(change, stoppingToken)));
        using var timer = new PeriodicTimer(Tick, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            await GuardAsync(() => LookAsync(stoppingToken)).ConfigureAwait(false);
    }

    private Task TakeOverAsync(ConfigChanged change, CancellationToken cancellation) => change.ModelId is { } model ? supervisor.RefreshAsync(model, cancellation) : Task.CompletedTask;

    private async Task PreloadAsync(CancellationToken cancellation)
    {
        List<long> models;
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            models = await context.Set<RuntimeConfig>().AsNoTracking().Where(row => row.Preload == true)
                .Join(context.Models.Where(model => model.Role == ModelRole.Model), row => row.ModelId, model => model.Id, (row, _) => row.ModelId)
                .ToListAsync(cancellation).ConfigureAwait(false);
        }

        // Not for each other's sake: what does not fit beside the others is left.
        foreach (var model in models)
        {
            var result = await supervisor.StartAsync(model, StartWish.Now with { MayEvict = false }, cancellation).ConfigureAwait(false);
            if (result.Failure is { } failure)
                LogNotPreloaded(failure.Message);
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var living = gate.Occupants();
        foreach (var instance in living.Where(instance => instance.IsRunning))
        {
            if (IdlePolicy.IsExpired(instance, gate.TtlOf(instance.ModelId) ?? options.TtlSeconds, now))
                await supervisor.StopIdleAsync(instance.ModelId, cancellation).ConfigureAwait(false);
            else if (board.Find(instance.ModelId) is { Pid: { } pid } snapshot)
                Feel(instance, snapshot, _pulses.GetOrAdd(pid, _ => new Pulse { LastSuccess = now }), now, cancellation);
        }

        var pids = board.Active.Select(instance => instance.Pid).ToHashSet();
        foreach (var pid in _pulses.Keys.Where(pid => !pids.Contains(pid)))
            _pulses.TryRemove(pid, out _);
    }

    private void Feel(Occupant instance, InstanceSnapshot snapshot, Pulse pulse, long now, CancellationToken cancellation)
    {
        if (pulse.Probe.IsCompleted && IdlePolicy.NeedsProbe(instance, options.HangProbeSeconds, pulse.LastSuccess, now))
            pulse.Probe = GuardAsync(() => ProbeAsync(snapshot, pulse, cancellation));
    }

    private async Task ProbeAsync(InstanceSnapshot snapshot, Pulse pulse, CancellationToken cancellation)
    {
        var trouble = await probe.AskAsync(snapshot, pulse.Failures > 0, cancellation).ConfigureAwait(false);
        if (trouble is null)
        {
            (pulse.LastSuccess, pulse.Failures) = (clock.GetUtcNow().ToUnixTimeMilliseconds(), 0);
            return;
        }

        if (++pulse.Failures < HangProbe.Attempts || board.Find(snapshot.ModelId)?.Pid != snapshot.Pid)
            return;
        pulse.Failures = 0;
        await supervisor.ReportHungAsync(snapshot.ModelId, $"The engine says it is healthy, but {HangProbe.Attempts} test completions failed: {trouble}. It is restarted.", cancellation).ConfigureAwait(false);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "A model was not preloaded. {Reason}")]
    private partial void LogNotPreloaded(string reason);

    private sealed class Pulse
    {
        public long LastSuccess { get; set; }

        public int Failures { get; set; }

        public Task Probe { get; set; } = Task.CompletedTask;
    }
}
