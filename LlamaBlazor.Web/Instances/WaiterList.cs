using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Web.Instances;

/// <summary>Who waits for an answer of an actor. Only its loop touches it; bounded by the callers, who time out.</summary>
internal sealed class WaiterList
{
    private readonly List<TaskCompletionSource<Result<InstanceSnapshot>>> _waiters = [];

    /// <summary>True when somebody waits.</summary>
    public bool IsAwaited => _waiters.Count > 0;

    /// <summary>Joins.</summary>
    public void Add(TaskCompletionSource<Result<InstanceSnapshot>> waiter) => _waiters.Add(waiter);

    /// <summary>Leaves. True when it was the last one.</summary>
    public bool RemoveLast(TaskCompletionSource<Result<InstanceSnapshot>> waiter) => _waiters.Remove(waiter) && _waiters.Count == 0;

    /// <summary>Answers all.</summary>
    public void Complete(Result<InstanceSnapshot> result)
    {
        foreach (var waiter in _waiters)
            waiter.TrySetResult(result);
        _waiters.Clear();
    }
}
