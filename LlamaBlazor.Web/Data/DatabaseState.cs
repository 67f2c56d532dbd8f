namespace LlamaBlazor.Web.Data;

/// <summary>Whether the database can be used yet, and if not, why: read by <c>/readyz</c>, by pages and by every service that waits for
/// it.</summary>
internal sealed class DatabaseState
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _progress = "Opening the database.";
    private string? _failure;
    private int _generation;

    /// <summary>Completes when migrations are done; fails when they cannot be before the next start.</summary>
    public Task Ready => _ready.Task;

    /// <summary>True once the database can be used.</summary>
    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    /// <summary>Why the database cannot be used, with the next step, or null. What may pass, such as a full disk, is tried again and may
    /// become null.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>What is going on before it is ready.</summary>
    public string Progress
    {
        get => Volatile.Read(ref _progress);
        internal set
        {
            Volatile.Write(ref _progress, value);
            Tell();
        }
    }

    /// <summary>Completes with the next change of what is said here.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Counts how often the database was replaced by another: rows read before are those of the one before.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Waits until the database is ready or says why it is not: true when it is ready.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<bool> IsUsableAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var changed = Changed; // before looking: a change between the two ends the wait
            if (IsReady || Failure is not null)
                return IsReady;
            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    internal void Replace() => Interlocked.Increment(ref _generation);

    internal void Succeed()
    {
        Volatile.Write(ref _failure, null);
        _ready.TrySetResult();
        Tell();
    }

    /// <summary>It cannot be used now and is tried again: those that wait wait on.</summary>
    internal void Postpone(string reason)
    {
        Volatile.Write(ref _failure, reason);
        Tell();
    }

    internal void Fail(string reason)
    {
        Volatile.Write(ref _failure, reason);
        _ready.TrySetException(new InvalidOperationException(reason));
        _ = _ready.Task.Exception; // observed: services that wait see it themselves
        Tell();
    }

    private void Tell() =>
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
