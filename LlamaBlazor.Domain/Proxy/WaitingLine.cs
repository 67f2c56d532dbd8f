namespace LlamaBlazor.Domain.Proxy;

/// <summary>What a queue of one model may hold and for how long.</summary>
/// <param name="Size">Most requests that wait.</param>
/// <param name="WaitLimit">Longest wait, loading included.</param>
public sealed record RequestQueuePolicy(int Size, TimeSpan WaitLimit)
{
    private const double SecondsEach = 2; // before anything was measured
    private const int LongestSeconds = 60; // clients take no longer wait for an answer

    /// <summary>Seconds after which a refused client may try again: about when half of the line has moved, from 1 second to a minute or the
    /// wait limit.</summary>
    /// <param name="waiting">Requests that wait now.</param>
    /// <param name="each">How long a request takes at the engine, as measured; null while nothing was.</param>
    /// <param name="places">Requests at work at once.</param>
    public int RetryAfterSeconds(int waiting, TimeSpan? each = null, int places = 1)
    {
        var seconds = Math.Max(1, waiting / 2.0) * (each?.TotalSeconds ?? SecondsEach) / Math.Max(1, places);
        return (int)Math.Clamp(Math.Ceiling(seconds), 1, Math.Clamp(WaitLimit.TotalSeconds, 1, LongestSeconds));
    }
}

/// <summary>A line of waiting things: higher priority first, then in the order they came. Not safe for several threads: its owner
/// locks.</summary>
/// <typeparam name="T">What waits.</typeparam>
/// <param name="capacity">Most that wait.</param>
public sealed class WaitingLine<T>(int capacity)
    where T : class
{
    private readonly List<(T Item, long Priority)> _line = []; // at most capacity, in the order of service

    /// <summary>How many wait.</summary>
    public int Count => _line.Count;

    /// <summary>Who is next, or null.</summary>
    public T? First => _line.Count == 0 ? null : _line[0].Item;

    /// <summary>Those that wait, next first.</summary>
    public IEnumerable<T> Items => _line.Select(entry => entry.Item);

    /// <summary>Adds at the end of its priority.</summary>
    /// <param name="item">What waits.</param>
    /// <param name="priority">Higher is sooner.</param>
    /// <returns>False when the line is full.</returns>
    public bool TryAdd(T item, long priority)
    {
        if (_line.Count >= capacity)
            return false;
        var at = _line.Count;
        while (at > 0 && _line[at - 1].Priority < priority)
            at--;
        _line.Insert(at, (item, priority));
        return true;
    }

    /// <summary>Takes the next out, or returns null.</summary>
    public T? TakeFirst()
    {
        var first = First;
        if (first is not null)
            _line.RemoveAt(0);
        return first;
    }

    /// <summary>Puts one back that was taken out a moment ago; the line may be longer by it than its capacity.</summary>
    /// <param name="item">What waits.</param>
    /// <param name="priority">Its priority, as before.</param>
    public void PutFirst(T item, long priority) => _line.Insert(0, (item, priority));

    /// <summary>Takes one out that will not wait any longer.</summary>
    /// <param name="item">What waited.</param>
    /// <returns>False when it was not in the line.</returns>
    public bool Remove(T item)
    {
        var at = _line.FindIndex(entry => ReferenceEquals(entry.Item, item));
        if (at >= 0)
            _line.RemoveAt(at);
        return at >= 0;
    }
}
