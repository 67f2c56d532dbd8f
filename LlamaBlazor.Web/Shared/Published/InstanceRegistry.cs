using System.Collections.Immutable;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Shared.Live;

namespace LlamaBlazor.Web.Shared.Published;

/// <summary>The published state of all instances: one snapshot a model that was ever started in this run. Written by the supervisor, read
/// by everybody.</summary>
internal sealed class InstanceRegistry(Broadcast<InstanceSnapshot> changes)
{
    private ImmutableDictionary<long, InstanceSnapshot> _byModel = ImmutableDictionary<long, InstanceSnapshot>.Empty;

    /// <summary>Tells of each change.</summary>
    public Broadcast<InstanceSnapshot> Changes => changes;

    /// <summary>All snapshots by model id.</summary>
    public IReadOnlyDictionary<long, InstanceSnapshot> ByModel => Volatile.Read(ref _byModel);

    /// <summary>Instances that are loading, running or stopping.</summary>
    public IEnumerable<InstanceSnapshot> Active => ByModel.Values.Where(instance => instance.IsActive);

    /// <summary>The snapshot of a model, or null when it was not started in this run.</summary>
    public InstanceSnapshot? Find(long modelId) => ByModel.GetValueOrDefault(modelId);

    /// <summary>The snapshot of a model whose engine answers now, or null.</summary>
    public InstanceSnapshot? FindRunning(long modelId) =>
        Find(modelId) is { Phase: InstancePhase.Running, BaseUrl: not null } instance ? instance : null;

    /// <summary>Replaces the snapshot of a model and tells everybody.</summary>
    public void Publish(InstanceSnapshot snapshot)
    {
        ImmutableInterlocked.AddOrUpdate(ref _byModel, snapshot.ModelId, snapshot, (_, _) => snapshot);
        changes.Publish(snapshot);
    }

    /// <summary>Forgets a deleted model.</summary>
    public void Remove(long modelId) => ImmutableInterlocked.TryRemove(ref _byModel, modelId, out _);
}
