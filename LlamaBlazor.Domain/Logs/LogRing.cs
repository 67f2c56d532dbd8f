using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Logs;

/// <summary>The newest lines of this run, for the live tail. Safe for one writer and many readers.</summary>
public sealed class LogRing
{
    /// <summary>Most lines it holds.</summary>
    public const int Bound = 5000;

    private readonly Lock _gate = new();
    private readonly RingBuffer<LogEntry> _ring = new(Bound);
    private long _sequence;

    /// <summary>Adds a line and returns it with its place.</summary>
    /// <param name="entry">The line.</param>
    public LogEntry Add(LogEntry entry)
    {
        lock (_gate)
        {
            var placed = entry with { Sequence = ++_sequence };
            _ring.Add(placed);
            return placed;
        }
    }

    /// <summary>The newest lines that match, oldest first.</summary>
    /// <param name="count">At most so many.</param>
    /// <param name="filter">What to look for.</param>
    public IReadOnlyList<LogEntry> Newest(int count, LogFilter filter)
    {
        LogEntry[] all;
        lock (_gate)
            all = _ring.ToArray();
        var found = new List<LogEntry>();
        for (var i = all.Length - 1; i >= 0 && found.Count < count; i--)
        {
            if (filter.Matches(all[i]))
                found.Add(all[i]);
        }

        found.Reverse();
        return found;
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            while (_ring.Count > 0)
                _ring.RemoveOldest();
        }
    }
}
