namespace LlamaBlazor.Domain.Proxy;

/// <summary>
/// How busy each model is, and when it last was: one entry a model that was asked for, until it is forgotten. Counts are never negative,
/// and a model that somebody works with is not forgotten. Safe for many threads. Timestamps are those of a monotonic clock; 0 stands for
/// never.
/// </summary>
public sealed class ModelLoads
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Load> _loads = [];

    /// <summary>The models that have an entry; a copy.</summary>
    public IReadOnlyList<long> Models
    {
        get
        {
            lock (_gate)
                return [.. _loads.Keys];
        }
    }

    /// <summary>The load of a model; all zero where it has no entry.</summary>
    public ModelLoad Find(long modelId)
    {
        lock (_gate)
            return _loads.TryGetValue(modelId, out var load) ? new ModelLoad(load.Busy, load.Completed, load.Succeeded) : default;
    }

    /// <summary>One more is at work.</summary>
    public void Enter(long modelId)
    {
        lock (_gate)
        {
            if (!_loads.TryGetValue(modelId, out var load))
                _loads[modelId] = load = new Load();
            load.Busy++;
        }
    }

    /// <summary>One is through.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="timestamp">Now.</param>
    /// <returns>True where it was the last one at work; false too where nobody was.</returns>
    public bool Leave(long modelId, long timestamp)
    {
        lock (_gate)
        {
            if (!_loads.TryGetValue(modelId, out var load) || load.Busy == 0)
                return false;
            load.Completed = timestamp;
            return --load.Busy == 0;
        }
    }

    /// <summary>Notes when something of use came. Of a model that has no entry any more nothing is noted.</summary>
    public void Succeed(long modelId, long timestamp)
    {
        lock (_gate)
        {
            if (_loads.TryGetValue(modelId, out var load))
                load.Succeeded = timestamp;
        }
    }

    /// <summary>Removes the entry of a model, unless somebody is at work. False where it stays.</summary>
    public bool Forget(long modelId)
    {
        lock (_gate)
        {
            if (_loads.TryGetValue(modelId, out var load) && load.Busy > 0)
                return false;
            _loads.Remove(modelId);
            return true;
        }
    }

    private sealed class Load
    {
        public int Busy { get; set; }

        public long Completed { get; set; }

        public long Succeeded { get; set; }
    }
}

/// <summary>The load of a model.</summary>
/// <param name="Busy">How many work with it; 0 or more.</param>
/// <param name="Completed">Timestamp of the last one that was through, or 0.</param>
/// <param name="Succeeded">Timestamp of the last thing of use that came, or 0.</param>
public readonly record struct ModelLoad(int Busy, long Completed, long Succeeded);
