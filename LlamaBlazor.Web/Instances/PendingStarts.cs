using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Instances.Admission;

namespace LlamaBlazor.Web.Instances;

/// <summary>What a start is told to do, until it has its place: a later word replaces an earlier one.</summary>
internal sealed class CurrentStartOptions(StartOptions wish, TimeProvider clock)
{
    private volatile Word _word = new(wish, clock.GetTimestamp());

    /// <summary>The word of now.</summary>
    public StartOptions Value => _word.Wish;

    /// <summary>True when it waits no longer.</summary>
    public bool IsOverdue => Left <= TimeSpan.Zero;

    /// <summary>How long it still waits; null for as long as somebody wants it.</summary>
    public TimeSpan? Left => _word is { Wish.Wait: { } wait } word ? wait - clock.GetElapsedTime(word.At) : null;

    /// <summary>Says something else; waiting begins anew.</summary>
    public void Replace(StartOptions wish) => _word = new Word(wish, clock.GetTimestamp());

    private sealed record Word(StartOptions Wish, long At);
}

/// <summary>What a start waits for.</summary>
/// <param name="Wait">What it waits for.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="Place">Its place in the line from 1, or null.</param>
internal sealed record StartStage(StartWait Wait, string? Reason = null, int? Place = null);

/// <summary>A start that waits for its place.</summary>
/// <param name="Facts">The model.</param>
/// <param name="Demand">What it needs.</param>
/// <param name="Wish">What it may do, and how long it waits.</param>
/// <param name="OnStage">Told what is waited for.</param>
/// <param name="Since">When it began to wait, by the clock that never goes back.</param>
internal sealed record PendingStart(
    InstanceDefinition Facts,
    StartDemand Demand,
    CurrentStartOptions Wish,
    Action<StartStage> OnStage,
    long Since
)
{
    /// <summary>Given its place, or refused it.</summary>
    public TaskCompletionSource<AdmissionDecision> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Those that wait for a place: by the priority of their model, then by how long they wait. Bounded by the models, each of which
/// starts once at a time.</summary>
internal sealed class PendingStarts
{
    private readonly Lock _gate = new();
    private readonly List<PendingStart> _entries = [];
    private bool _isMoved;
    private int _count;

    /// <summary>True when nobody waits; asked often, so without the lock.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>All, the next one first.</summary>
    public IReadOnlyList<PendingStart> All
    {
        get
        {
            lock (_gate)
                return [.. _entries];
        }
    }

    /// <summary>Those whose turn comes before that of a start, which need not be in the line; the next one first.</summary>
    public IReadOnlyList<PendingStart> Before(PendingStart entry)
    {
        lock (_gate)
            return [.. _entries.TakeWhile(other => other != entry && !IsBefore(entry, other))];
    }

    /// <summary>Joins. True when nobody moves the line, and the caller has to begin.</summary>
    public bool Add(PendingStart entry)
    {
        lock (_gate)
        {
            var place = _entries.FindIndex(other => IsBefore(entry, other));
            _entries.Insert(place < 0 ? _entries.Count : place, entry);
            _count = _entries.Count;
            return !_isMoved && (_isMoved = true);
        }
    }

    /// <summary>Leaves.</summary>
    public void Remove(PendingStart entry)
    {
        lock (_gate)
        {
            _entries.Remove(entry);
            _count = _entries.Count;
        }
    }

    /// <summary>Stops being moved where nobody is left. False when somebody is.</summary>
    public bool TryRest()
    {
        lock (_gate)
            return _entries.Count == 0 && !(_isMoved = false);
    }

    private static bool IsBefore(PendingStart one, PendingStart other) =>
        one.Facts.QueuePriority > other.Facts.QueuePriority
        || (one.Facts.QueuePriority == other.Facts.QueuePriority && one.Since < other.Since);
}
