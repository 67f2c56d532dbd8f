using System.Collections.Concurrent;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>The actors of this run: one a model that was started, until the model is deleted. None begins before the run of before is
/// cleared away, nor once the dashboard ends.</summary>
internal sealed class InstanceActors(
    EngineRunner runner,
    InstancePublisher publisher,
    IOptionsMonitor<InstanceOptions> options,
    Broadcast<InstanceLogLine> lines,
    TimeProvider clock,
    ILogger<InstanceActor> logger
)
{
    private static readonly Failure IsEnding = Failure.Unavailable("The dashboard is shutting down. Start it again first.");

    private readonly ConcurrentDictionary<long, InstanceActor> _actors = new(); // bounded by the models that exist
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isEnding;

    /// <summary>Completes when what an earlier run left behind is gone: nothing is started before.</summary>
    public Task Open => _open.Task;

    /// <summary>Why none is made any more, or null.</summary>
    public Failure? Ending => _isEnding ? IsEnding : null;

    /// <summary>The models that have one; a copy.</summary>
    public IReadOnlyList<long> Models => [.. _actors.Keys];

    /// <summary>All; a copy.</summary>
    public IReadOnlyList<InstanceActor> All => [.. _actors.Values];

    /// <summary>The actor of a model, or null where it was not started in this run.</summary>
    public InstanceActor? Find(long modelId) => _actors.GetValueOrDefault(modelId);

    /// <summary>The actor of a model, made where there is none.</summary>
    public InstanceActor Get(InstanceDefinition facts) =>
        _actors.GetOrAdd(
            facts.ModelId,
            model => new InstanceActor(facts, new InstanceLog(model, lines, clock), runner, publisher, options, clock, logger)
        );

    /// <summary>Lets an actor go once it has handled what was sent to it. False where it was let go already.</summary>
    public async Task<bool> RemoveAsync(long modelId, InstanceActor actor)
    {
        if (!_actors.TryRemove(KeyValuePair.Create(modelId, actor)))
            return false;
        actor.Dispose();
        await actor.Loop.ConfigureAwait(false);
        return true;
    }

    /// <summary>Lets starts begin.</summary>
    public void Begin() => _open.TrySetResult();

    /// <summary>Refuses all starts from now on.</summary>
    public void End() => _isEnding = true;
}
