using System.Collections.Concurrent;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Starts and stops llama-servers: finds or makes the actor of a model and hands it the command. All state is published on
/// <see cref="InstanceRegistry"/>.
/// </summary>
internal sealed partial class InstanceSupervisor(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseState database,
    EngineRunner runner,
    IOptionsMonitor<InstanceOptions> options,
    InstanceRegistry board,
    InstanceStore ledger,
    OrphanReaper sweep,
    AdmissionQueue gate,
    ReadLoad load,
    Broadcast<InstanceLogLine> lines,
    IHostApplicationLifetime lifetime,
    AuditTrail audit,
    TimeProvider clock,
    ILogger<InstanceSupervisor> logger
) : BackgroundService
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);
    private static readonly Failure Ending = Failure.Unavailable("The dashboard is shutting down. Start it again first.");

    private readonly ConcurrentDictionary<long, InstanceActor> _actors = new(); // one a model that was started in this run
    private readonly TaskCompletionSource _swept = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isEnding;

    /// <summary>Starts a model, or does nothing when it is loading or running.</summary>
    /// <returns>
    /// The instance once its process exists: loading, or running. Not found for an unknown model, a conflict where it cannot be started or
    /// has no place,
    /// unavailable without an engine, a free port or a database.
    /// </returns>
    public Task<Result<InstanceSnapshot>> StartAsync(long modelId, CancellationToken cancellation) =>
        StartAsync(modelId, StartOptions.Now, cancellation);

    /// <summary>As <see cref="StartAsync(long,CancellationToken)"/>, with a word on what it may do to others and how long it
    /// waits.</summary>
    public Task<Result<InstanceSnapshot>> StartAsync(long modelId, StartOptions wish, CancellationToken cancellation)
    {
        Note("start", modelId, new { wish.Force });
        return AskAsync(modelId, definition => new StartRequest(wish) { Definition = definition }, cancellation);
    }

    /// <summary>Ends a model's process and starts it with the settings of now; starts it where it was stopped.</summary>
    public Task<Result<InstanceSnapshot>> RestartAsync(long modelId, CancellationToken cancellation)
    {
        Note("restart", modelId, null);
        return AskAsync(modelId, definition => new RestartRequest(StartOptions.Now, definition), cancellation);
    }

    /// <summary>Takes over at once what needs no restart: pin, idle time, project and restart policy.</summary>
    public async Task RefreshAsync(long modelId, CancellationToken cancellation)
    {
        if (
            !_actors.TryGetValue(modelId, out var actor)
            || (await ReadAsync(modelId, cancellation).ConfigureAwait(false)) is not { IsSuccess: true, Value: var facts }
        )
            return;
        gate.Refresh(facts);
        await actor.AskAsync(new DefinitionChanged(facts), cancellation).ConfigureAwait(false);
    }

    /// <summary>What a start would meet now; changes nothing.</summary>
    public async Task<Result<AdmissionDecision>> PreviewAsync(long modelId, bool mayEvict, CancellationToken cancellation)
    {
        var facts = await ReadAsync(modelId, cancellation).ConfigureAwait(false);
        return facts.IsSuccess ? await gate.PreviewAsync(facts.Value, mayEvict, cancellation).ConfigureAwait(false) : facts.Failure!;
    }

    /// <summary>Stops a model for another one, unless a request has come meanwhile. True once its process is gone.</summary>
    public async Task<bool> EvictAsync(long modelId, CancellationToken cancellation)
    {
        if (!_actors.TryGetValue(modelId, out var actor))
            return true;
        if (!(await StopIdleAsync(actor, cancellation).ConfigureAwait(false)).IsSuccess)
            return false;
        await actor.Gone.WaitAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>Stops a model unless it has a request: a conflict then.</summary>
    public async Task<Result<InstanceSnapshot>> StopIdleAsync(long modelId, CancellationToken cancellation) =>
        _actors.TryGetValue(modelId, out var actor)
            ? await StopIdleAsync(actor, cancellation).ConfigureAwait(false)
            : Failure.NotFound($"The model {modelId} was not started in this run.");

    /// <summary>Ends an engine that no longer works and starts it again, as its restart policy allows.</summary>
    public async Task ReportHungAsync(long modelId, string reason, CancellationToken cancellation)
    {
        if (_actors.TryGetValue(modelId, out var actor))
            await actor.AskAsync(new HungReport(reason), cancellation).ConfigureAwait(false);
    }

    /// <summary>Completes when what an earlier run left behind is gone: nothing is started before.</summary>
    public Task Swept => _swept.Task;

    /// <summary>Stops a model; answers at once, while it is stopping.</summary>
    public async Task<Result<InstanceSnapshot>> StopAsync(long modelId, CancellationToken cancellation)
    {
        Note("stop", modelId, null);
        if (_actors.TryGetValue(modelId, out var actor))
            return await actor.AskAsync(new StopRequest(), cancellation).ConfigureAwait(false);
        var facts = await ReadAsync(modelId, cancellation).ConfigureAwait(false);
        return facts.Failure is { Kind: FailureKind.NotFound } unknown
            ? unknown
            : new InstanceSnapshot
            {
                Id = 0,
                ModelId = modelId,
                Model = facts.IsSuccess ? facts.Value.Name : "",
                Phase = InstancePhase.Stopped,
            };
    }

    /// <summary>
    /// Waits until a model is ready, starting it where it is not; all who wait join one start. A start that failed is not repeated for a
    /// minute.
    /// Cancelling stops the waiting; a start that still waits for its place is given up with the last who waits.
    /// </summary>
    public async Task<Result<InstanceSnapshot>> EnsureReadyAsync(long modelId, CancellationToken cancellation)
    {
        if (board.Find(modelId) is { Phase: InstancePhase.Running } running)
            return running;
        var actor = await FindActorAsync(modelId, cancellation).ConfigureAwait(false);
        return actor.IsSuccess
            ? await actor.Value.Actor.AskAsync(new ReadyRequest(actor.Value.Facts), cancellation).ConfigureAwait(false)
            : actor.Failure!;
    }

    /// <summary>Lets go of models that were deleted: one that waited for its next attempt must not come back.</summary>
    public async Task ForgetDeletedAsync(CancellationToken cancellation)
    {
        var known = _actors.Keys.ToList();
        List<long> present;
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
            present = await context
                .Models.AsNoTracking()
                .Where(model => known.Contains(model.Id))
                .Select(model => model.Id)
                .ToListAsync(cancellation)
                .ConfigureAwait(false);
        foreach (var model in known.Except(present))
        {
            if (!_actors.TryGetValue(model, out var actor))
                continue;
            await actor.AskAsync(new StopRequest(), cancellation).ConfigureAwait(false);
            await actor.Gone.WaitAsync(cancellation).ConfigureAwait(false);
            if (!_actors.TryRemove(KeyValuePair.Create(model, actor))) // not before: starts that wait for its place wait for its end
                continue;
            actor.Dispose();
            await actor.Loop.ConfigureAwait(false); // what it publishes last comes before it is removed
            board.Remove(model);
        }
    }

    /// <summary>The last lines of a model's engine, oldest first; empty when it was not started in this run.</summary>
    public IReadOnlyList<InstanceLogLine> Lines(long modelId) => _actors.TryGetValue(modelId, out var actor) ? actor.Log.All() : [];

    /// <summary>Forgets all instances, none of which has a process: the database is another one. Whoever waits for one is told.</summary>
    public async Task ForgetAsync(CancellationToken cancellation)
    {
        foreach (var (model, actor) in _actors)
        {
            // one that waits to try again
            await actor.AskAsync(new StopRequest(), cancellation).ConfigureAwait(false);
            _actors.TryRemove(model, out _);
            actor.Dispose();
            await actor.Loop.ConfigureAwait(false);
        }

        foreach (var model in board.ByModel.Keys)
            board.Remove(model);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _isEnding = true;
        await base.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await Task.WhenAll(_actors.Values.Select(actor => EndAsync(actor, cancellationToken))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStopping.Register(() => _ = DrainAsync());
        try
        {
            await sweep.RunAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogSweepFailed(error);
        }
        finally
        {
            _swept.TrySetResult();
        }
    }

    private void Note(string action, long modelId, object? details) =>
        audit.Note($"instance.{action}", "model", modelId.ToString(System.Globalization.CultureInfo.InvariantCulture), details);

    private static Task<Result<InstanceSnapshot>> StopIdleAsync(InstanceActor actor, CancellationToken cancellation) =>
        actor.AskAsync(new StopIdleRequest(), cancellation);

    private async Task<Result<InstanceSnapshot>> AskAsync(
        long modelId,
        Func<InstanceDefinition, ActorRequest> request,
        CancellationToken cancellation
    )
    {
        var actor = await FindActorAsync(modelId, cancellation).ConfigureAwait(false);
        return actor.IsSuccess
            ? await actor.Value.Actor.AskAsync(request(actor.Value.Facts), cancellation).ConfigureAwait(false)
            : actor.Failure!;
    }

    private async Task<Result<(InstanceActor Actor, InstanceDefinition Facts)>> FindActorAsync(long modelId, CancellationToken cancellation)
    {
        if (_isEnding)
            return Ending;
        var facts = await ReadAsync(modelId, cancellation).ConfigureAwait(false);
        if (facts.Failure is { } failure)
            return failure;
        await _swept.Task.WaitAsync(cancellation).ConfigureAwait(false);
        if (gate.Closed is { } reason) // at the door: states and rows of a start that is refused anyway would go into the next database
            return Failure.Conflict($"'{facts.Value.Name}' cannot be started now. {reason}");
        var actor = _actors.GetOrAdd(
            modelId,
            _ => new InstanceActor(facts.Value, new InstanceLog(modelId, lines, clock), runner, options, board, ledger, load, logger)
        );
        return _isEnding ? Ending : (actor, facts.Value); // asked again: who ends them all may have looked before this one was there
    }

    private async Task<Result<InstanceDefinition>> ReadAsync(long modelId, CancellationToken cancellation)
    {
        if (database.Failure is { } broken)
            return Failure.Unavailable(broken);
        await database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        return await InstanceDefinition.ReadAsync(contexts, modelId, cancellation).ConfigureAwait(false);
    }

    // The web server waits for its streams before we are told to stop: engines end a little after the shutdown begins, or a long answer
    // would hold it up.
    private async Task DrainAsync()
    {
        try
        {
            _isEnding = true;
            var started = clock.GetTimestamp();
            while (_actors.Keys.Any(model => load(model).Busy > 0) && clock.GetElapsedTime(started) < DrainLimit)
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock).ConfigureAwait(false);
            await Task.WhenAll(_actors.Values.Select(actor => actor.AskAsync(new StopRequest(), CancellationToken.None)))
                .ConfigureAwait(false);
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
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(options.CurrentValue.StopGraceSeconds + 5));
            await actor.Gone.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
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
