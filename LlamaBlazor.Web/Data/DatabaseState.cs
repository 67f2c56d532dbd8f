namespace LlamaBlazor.Web.Data;

/// <summary>Whether the database can be used yet, and if not, why: read by <c>/readyz</c>, by pages and by every service that waits for it.</summary>
internal sealed class DatabaseState
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _generation;

    /// <summary>Completes when migrations are done; fails when they cannot be.</summary>
    public Task Ready => _ready.Task;

    /// <summary>True once the database can be used.</summary>
    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    /// <summary>Why the database cannot be used, with the next step, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>What is going on before it is ready.</summary>
    public string Progress { get; internal set; } = "Opening the database.";

    /// <summary>Counts how often the database was replaced by another: rows read before are those of the one before.</summary>
    public int Generation => Volatile.Read(ref _generation);

    internal void Replace() => Interlocked.Increment(ref _generation);

    internal void Succeed() => _ready.TrySetResult();

    internal void Fail(string reason)
    {
        Failure = reason;
        _ready.TrySetException(new InvalidOperationException(reason));
        _ = _ready.Task.Exception; // observed: services that wait see it themselves
    }
}
