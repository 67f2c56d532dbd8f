using System.Collections.Concurrent;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy;

/// <summary>The queues of all models, and which of them are closed so that a model that starves gets a place.</summary>
internal sealed class RequestQueues(
    InstanceRegistry instances,
    InFlightRegistry registry,
    IOptionsMonitor<ProxyOptions> options,
    TimeProvider clock
) : IPerModelState
{
    private readonly ConcurrentDictionary<long, RequestQueue> _queues = new(); // one a model that was asked for, until it is deleted
    private readonly Lock _drains = new();

    /// <inheritdoc/>
    public IReadOnlyCollection<long> Models => [.. _queues.Keys];

    /// <inheritdoc/>
    public void Forget(long modelId)
    {
        lock (_drains)
        {
            if (_queues.TryGetValue(modelId, out var queue) && queue.IsIdle)
                _queues.TryRemove(modelId, out _);
        }
    }

    /// <summary>The queue of a model.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="move">Moves it, where it is made now.</param>
    public RequestQueue Get(long modelId, Func<RequestQueue, ValueTask<TimeSpan?>> move) =>
        _queues.GetOrAdd(modelId, id => new RequestQueue(id, registry, move, clock));

    /// <summary>Closes those that run while others starve, and opens those that need not be closed any more.</summary>
    public void DrainForStarving()
    {
        // Looked and written under one lock: of two at once, the one that looked first must not write last.
        lock (_drains)
        {
            var candidates = _queues.Values.Select(Describe).ToList();
            foreach (var candidate in candidates)
                _queues[candidate.ModelId].IsDraining = options.CurrentValue.Swap.ShouldDrain(candidate, candidates);
        }
    }

    /// <summary>Opens those that need not be closed any more: whoever closed them may have gone.</summary>
    public void StopDraining()
    {
        if (_queues.Values.Any(queue => queue.IsDraining))
            DrainForStarving();
    }

    private SwapCandidate Describe(RequestQueue queue)
    {
        var instance = instances.Find(queue.ModelId);
        var isRunning = instance is { Phase: InstancePhase.Running };
        return new SwapCandidate(
            queue.ModelId,
            isRunning,
            queue.Waiting,
            queue.OldestSince is { } since ? clock.GetElapsedTime(since) : TimeSpan.Zero,
            isRunning && instance!.ReadySince is { } ready ? clock.Monotonic() - ready : TimeSpan.Zero
        )
        {
            IsBlocked = instance?.Wait is StartWait.Pending,
            IsPinned = queue.Model?.IsPinned == true,
        };
    }
}
