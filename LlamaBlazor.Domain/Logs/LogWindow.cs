using System.Collections.ObjectModel;

namespace LlamaBlazor.Domain.Logs;

/// <summary>
/// The stretch of the log that one viewer sees: newest first, without gaps. New lines may arrive on any thread; all else is called by the
/// viewer's own.
/// </summary>
/// <param name="bound">Lines held at most, at least 1; past it the oldest leave when newer ones are taken in.</param>
public sealed class LogWindow(int bound)
{
    private readonly Queue<LogEntry> _arrived = new(); // at most bound
    private readonly Lock _lock = new();
    private LogFilter _filter = new();
    private bool _overflowed; // lines between the shown and the arrived were let go

    /// <summary>The lines, newest first. Each change makes a new list.</summary>
    public ReadOnlyCollection<LogEntry> Entries { get; private set; } = new([]);

    /// <summary>What the lines are chosen by.</summary>
    public LogFilter Filter => _filter;

    /// <summary>Where older lines begin, or null when there are none.</summary>
    public LogCursor? Next { get; private set; }

    /// <summary>The ticket of the present choice of lines, see <see cref="Begin"/>.</summary>
    public int Ticket { get; private set; }

    /// <summary>Stored lines that were looked through since <see cref="Begin"/>.</summary>
    public int Scanned { get; private set; }

    /// <summary>Lines that arrived and are not yet among the entries.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _arrived.Count;
        }
    }

    /// <summary>Empties the window for another choice of lines. From here on new ones are kept.</summary>
    /// <param name="filter">The choice.</param>
    /// <returns>The ticket for the reads that fill this window; those of an earlier one change nothing.</returns>
    public int Begin(LogFilter filter)
    {
        lock (_lock)
        {
            (_filter, _overflowed) = (filter, false);
            _arrived.Clear();
        }

        (Entries, Next, Scanned) = (new([]), null, 0);
        return ++Ticket;
    }

    /// <summary>A new line, from any thread.</summary>
    /// <param name="entry">The line.</param>
    public void Arrive(LogEntry entry)
    {
        lock (_lock)
        {
            if (!_filter.Matches(entry))
                return;
            if (_arrived.Count == bound)
            {
                _arrived.Dequeue();
                _overflowed = true;
            }

            _arrived.Enqueue(entry);
        }
    }

    /// <summary>Moves what arrived to the top.</summary>
    public void Take()
    {
        LogEntry[] arrived;
        bool overflowed;
        lock (_lock)
        {
            (arrived, overflowed) = ([.. _arrived], _overflowed);
            _arrived.Clear();
            _overflowed = false;
        }

        if (arrived.Length == 0)
            return;
        var newest = Entries.Count == 0 ? 0 : Entries[0].Sequence;
        LogEntry[] added = [.. arrived.Where(entry => entry.Sequence > newest).Reverse()];
        var isApart = overflowed && added.Length == arrived.Length; // else the shown reach into the arrived
        LogEntry[] shown = isApart ? added : [.. added, .. Entries];
        var cut = shown.Length > bound || isApart;
        Entries = new(shown.Length > bound ? shown[..bound] : shown);
        if (cut)
            Next = LogCursor.Of(Entries[^1]);
    }

    /// <summary>Puts older lines behind those shown.</summary>
    /// <param name="ticket">From <see cref="Begin"/>.</param>
    /// <param name="older">Newest first.</param>
    /// <param name="next">Where still older ones begin, or null at the end.</param>
    /// <param name="scanned">Stored lines that were looked through.</param>
    public void Append(int ticket, IReadOnlyList<LogEntry> older, LogCursor? next, int scanned = 0)
    {
        if (ticket != Ticket)
            return;
        Entries = new([.. Entries, .. older]);
        Next = next;
        Scanned += scanned;
    }

    /// <summary>Puts newer lines before those shown.</summary>
    /// <param name="ticket">From <see cref="Begin"/>.</param>
    /// <param name="newer">Oldest first.</param>
    public void Prepend(int ticket, IReadOnlyList<LogEntry> newer)
    {
        if (ticket == Ticket)
            Entries = new([.. newer.Reverse(), .. Entries]);
    }
}
