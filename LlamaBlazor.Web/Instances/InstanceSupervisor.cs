using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Starts and stops llama-servers: finds or makes the actor of a model and hands it the command. All state is published on
/// <see cref="InstanceRegistry"/>.
/// </summary>
internal sealed class InstanceSupervisor(
    InstanceActors actors,
    InstanceDefinitions definitions,
    AdmissionQueue queue,
    Reservations places,
    InstanceRegistry registry,
    AuditTrail audit
)
{
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
            actors.Find(modelId) is not { } actor
            || (await definitions.ReadAsync(modelId, cancellation).ConfigureAwait(false)) is not { IsSuccess: true, Value: var facts }
        )
            return;
        places.Refresh(facts);
        await actor.AskAsync(new DefinitionChanged(facts), cancellation).ConfigureAwait(false);
    }

    /// <summary>What a start would meet now; changes nothing.</summary>
    public async Task<Result<AdmissionDecision>> PreviewAsync(long modelId, bool mayEvict, CancellationToken cancellation)
    {
        var facts = await definitions.ReadAsync(modelId, cancellation).ConfigureAwait(false);
        return facts.IsSuccess ? await queue.PreviewAsync(facts.Value, mayEvict, cancellation).ConfigureAwait(false) : facts.Failure!;
    }

    /// <summary>Stops a model for another one, unless a request has come meanwhile. True once its process is gone.</summary>
    public async Task<bool> EvictAsync(long modelId, CancellationToken cancellation)
    {
        if (actors.Find(modelId) is not { } actor)
            return true;
        if (!(await StopIdleAsync(actor, cancellation).ConfigureAwait(false)).IsSuccess)
            return false;
        await actor.Gone.WaitAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>Stops a model unless it has a request: a conflict then.</summary>
    public async Task<Result<InstanceSnapshot>> StopIdleAsync(long modelId, CancellationToken cancellation) =>
        actors.Find(modelId) is { } actor
            ? await StopIdleAsync(actor, cancellation).ConfigureAwait(false)
            : Failure.NotFound($"The model {modelId} was not started in this run.");

    /// <summary>Ends an engine that no longer works and starts it again, as its restart policy allows.</summary>
    public async Task ReportHungAsync(long modelId, string reason, CancellationToken cancellation)
    {
        if (actors.Find(modelId) is { } actor)
            await actor.AskAsync(new HungReport(reason), cancellation).ConfigureAwait(false);
    }

    /// <summary>Stops a model; answers at once, while it is stopping.</summary>
    public async Task<Result<InstanceSnapshot>> StopAsync(long modelId, CancellationToken cancellation)
    {
        Note("stop", modelId, null);
        if (actors.Find(modelId) is { } actor)
            return await actor.AskAsync(new StopRequest(), cancellation).ConfigureAwait(false);
        var facts = await definitions.ReadAsync(modelId, cancellation).ConfigureAwait(false);
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
        if (registry.Find(modelId) is { Phase: InstancePhase.Running } running)
            return running;
        var actor = await FindActorAsync(modelId, cancellation).ConfigureAwait(false);
        return actor.IsSuccess
            ? await actor.Value.Actor.AskAsync(new ReadyRequest(actor.Value.Facts), cancellation).ConfigureAwait(false)
            : actor.Failure!;
    }

    /// <summary>Lets go of models that were deleted: one that waited for its next attempt must not come back.</summary>
    public async Task ForgetDeletedAsync(CancellationToken cancellation)
    {
        var known = actors.Models;
        foreach (var model in known.Except(await definitions.PresentAsync(known, cancellation).ConfigureAwait(false)))
        {
            if (actors.Find(model) is not { } actor)
                continue;
            await actor.AskAsync(new StopRequest(), cancellation).ConfigureAwait(false);
            await actor.Gone.WaitAsync(cancellation).ConfigureAwait(false);
            // Not before: starts that wait for its place wait for its end. What it publishes last comes before it is removed.
            if (await actors.RemoveAsync(model, actor).ConfigureAwait(false))
                registry.Remove(model);
        }
    }

    /// <summary>The last lines of a model's engine, oldest first; empty when it was not started in this run.</summary>
    public IReadOnlyList<InstanceLogLine> Lines(long modelId) => actors.Find(modelId) is { } actor ? actor.Log.All() : [];

    /// <summary>Forgets all instances, none of which has a process: the database is another one. Whoever waits for one is told.</summary>
    public async Task ForgetAsync(CancellationToken cancellation)
    {
        foreach (var model in actors.Models)
        {
            if (actors.Find(model) is not { } actor)
                continue;
            await actor.AskAsync(new StopRequest(), cancellation).ConfigureAwait(false); // one that waits to try again
            await actors.RemoveAsync(model, actor).ConfigureAwait(false);
        }

        foreach (var model in registry.ByModel.Keys)
            registry.Remove(model);
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
        if (actors.Ending is { } ending)
            return ending;
        var facts = await definitions.ReadAsync(modelId, cancellation).ConfigureAwait(false);
        if (facts.Failure is { } failure)
            return failure;
        await actors.Open.WaitAsync(cancellation).ConfigureAwait(false);
        // At the door: states and rows of a start that is refused anyway would go into the next database.
        if (places.Closed is { } reason)
            return Failure.Conflict($"'{facts.Value.Name}' cannot be started now. {reason}");
        var actor = actors.Get(facts.Value);
        // Asked again: who ends them all may have looked before this one was there.
        return actors.Ending is { } late ? late : (actor, facts.Value);
    }
}
