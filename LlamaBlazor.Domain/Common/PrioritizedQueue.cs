using System.Diagnostics.CodeAnalysis;

namespace LlamaBlazor.Domain.Common;

/// <summary>
/// A bounded queue with its one mover. Higher priority goes first, then whoever has waited longer, then who came first. A round of the
/// owner decides who leaves the queue; rounds never overlap, and there are none while nobody waits. Safe for many threads.
/// </summary>
/// <typeparam name="T">What waits; told apart by reference.</typeparam>
/// <param name="capacity">Most that wait.</param>
/// <param name="round">
/// Lets through whom it can. It answers when it wants to look again at the latest, or null for not before <see cref="Wake"/>. It handles
/// its own failures: after an exception the queue is moved again at the next <see cref="Wake"/> only.
/// </param>
/// <param name="clock">Measures the pauses.</param>
/// <param name="breath">Shortest time between two rounds where there is a pause between them; many calls of <see cref="Wake"/> are one
/// round then.</param>
[SuppressMessage("Naming", "CA1711", Justification = "It is a queue, though no System.Collections.Queue")]
public sealed class PrioritizedQueue<T>(int capacity, Func<ValueTask<TimeSpan?>> round, TimeProvider clock, TimeSpan breath = default)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = []; // in the order of service; at most capacity, and those that were put back
    private TaskCompletionSource? _woken; // of the round under way; null while nobody moves the queue
    private int _count;

    /// <summary>True when nobody waits. It takes no lock: whoever asks often may be told what was true a moment ago.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    /// <summary>Those that wait, the next one first; a copy.</summary>
    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_gate)
                return [.. _entries.Select(entry => entry.Item)];
        }
    }

    /// <summary>Those whose turn comes before that of an item, which need not be in the queue; the next one first.</summary>
    /// <param name="item">The item.</param>
    /// <param name="priority">Its priority.</param>
    /// <param name="since">Since when it waits.</param>
    public IReadOnlyList<T> Before(T item, long priority, long since)
    {
        lock (_gate)
            return
            [
                .. _entries
                    .TakeWhile(entry => !ReferenceEquals(entry.Item, item) && !IsBefore(priority, since, entry))
                    .Select(entry => entry.Item),
            ];
    }

    /// <summary>Joins. It moves nothing: <see cref="Wake"/> does.</summary>
    /// <param name="item">What waits.</param>
    /// <param name="priority">Higher is sooner.</param>
    /// <param name="since">Since when it waits, by a clock that never goes back.</param>
    /// <returns>False when the queue is full.</returns>
    public bool TryAdd(T item, long priority, long since)
    {
        lock (_gate)
        {
            if (_entries.Count >= capacity)
                return false;
            var place = _entries.FindIndex(entry => IsBefore(priority, since, entry));
            _entries.Insert(place < 0 ? _entries.Count : place, new Entry(item, priority, since));
            _count = _entries.Count;
            return true;
        }
    }

    /// <summary>Leaves: it will not wait any longer. False when it was not in the queue.</summary>
    public bool Remove(T item)
    {
        lock (_gate)
        {
            var place = _entries.FindIndex(entry => ReferenceEquals(entry.Item, item));
            if (place >= 0)
                _entries.RemoveAt(place);
            _count = _entries.Count;
            return place >= 0;
        }
    }

    /// <summary>Takes the next one out, or returns null.</summary>
    public T? TakeFirst()
    {
        lock (_gate)
        {
            if (_entries.Count == 0)
                return null;
            var first = _entries[0].Item;
            _entries.RemoveAt(0);
            _count = _entries.Count;
            return first;
        }
    }

    /// <summary>Puts one back that was taken out a moment ago: before its equals, and also where the queue has become full.</summary>
    /// <param name="item">What waits on.</param>
    /// <param name="priority">As before.</param>
    /// <param name="since">As before.</param>
    public void PutBack(T item, long priority, long since)
    {
        lock (_gate)
        {
            var place = _entries.FindIndex(entry => !IsBefore(entry.Priority, entry.Since, new Entry(item, priority, since)));
            _entries.Insert(place < 0 ? _entries.Count : place, new Entry(item, priority, since));
            _count = _entries.Count;
        }
    }

    /// <summary>Takes all out, the next one first.</summary>
    public IReadOnlyList<T> TakeAll()
    {
        lock (_gate)
        {
            T[] all = [.. _entries.Select(entry => entry.Item)];
            _entries.Clear();
            _count = 0;
            return all;
        }
    }

    /// <summary>Something has come or changed that those in the queue may wait for: there is a round that begins after this. Nothing where
    /// nobody waits.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_entries.Count == 0)
                return;
            if (_woken is { } woken)
            {
                woken.TrySetResult();
                return;
            }

            _woken = NewSignal();
        }

        _ = Task.Run(PumpAsync);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsBefore(long priority, long since, Entry other) =>
        priority > other.Priority || (priority == other.Priority && since < other.Since);

    // The only one that calls the round. That it goes on and that somebody may begin anew are decided under one lock: no wake-up falls
    // between the two.
    private async Task PumpAsync()
    {
        try
        {
            while (TryBegin(out var woken))
            {
                var pause = await round().ConfigureAwait(false);
                if (pause is { } time)
                    await RestAsync(woken, time).ConfigureAwait(false);
                else if (TryEnd(woken))
                    return;
            }
        }
        catch
        {
            lock (_gate)
                _woken = null;
            throw;
        }
    }

    private bool TryBegin(out Task woken)
    {
        lock (_gate)
        {
            _woken = _entries.Count == 0 ? null : NewSignal();
            woken = _woken?.Task ?? Task.CompletedTask;
            return _woken is not null;
        }
    }

    private bool TryEnd(Task woken)
    {
        lock (_gate)
        {
            if (woken.IsCompleted)
                return false;
            _woken = null;
            return true;
        }
    }

    private async Task RestAsync(Task woken, TimeSpan pause)
    {
        if (pause <= TimeSpan.Zero)
            return;
        var since = clock.GetTimestamp();
        using var rested = new CancellationTokenSource();
        await Task.WhenAny(woken, Task.Delay(pause, clock, rested.Token)).ConfigureAwait(false);
        await rested.CancelAsync().ConfigureAwait(false); // no timer stays behind
        if (breath - clock.GetElapsedTime(since) is { Ticks: > 0 } rest)
            await Task.Delay(rest, clock).ConfigureAwait(false);
    }

    private readonly record struct Entry(T Item, long Priority, long Since);
}
