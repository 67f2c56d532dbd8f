using System.Collections.Concurrent;

namespace LlamaBlazor.Web.Engines.Connections;

/// <summary>
/// Whether engines keep a connection after a chunked answer. None counts as keeping it until it was seen to several times; one that closes
/// it counts as
/// closing at once. What was learnt is forgotten after a while, since another engine may listen on the port.
/// </summary>
internal sealed class EngineHabits(TimeProvider clock)
{
    /// <summary>How long a connection is watched for its end.</summary>
    public static readonly TimeSpan Watch = TimeSpan.FromSeconds(1);

    private const int Proofs = 3;
    private const int Bound = 1000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, Habit> _known = new(); // one an address of an engine, at most Bound

    /// <summary>Whether the engine keeps a connection after a chunked answer.</summary>
    /// <param name="authority">Host and port.</param>
    public bool Keeps(string authority) => Find(authority) is { Closes: false, Kept: >= Proofs };

    /// <summary>Whether it is to be watched what becomes of a connection. True to one caller at a time, who must say what came
    /// out.</summary>
    /// <param name="authority">Host and port.</param>
    public bool TryWatch(string authority)
    {
        if (_known.Count >= Bound)
            _known.Clear();
        var habit =
            Find(authority)
            ?? _known.AddOrUpdate(authority, _ => new Habit(clock.GetTimestamp()), (_, _) => new Habit(clock.GetTimestamp()));
        return habit is { Closes: false, Kept: < Proofs } && Interlocked.Exchange(ref habit.Watched, 1) == 0;
    }

    /// <summary>Notes what became of a connection.</summary>
    /// <param name="authority">Host and port.</param>
    /// <param name="kept">True when it stayed open, false when the engine closed it, null when nobody knows.</param>
    public void Note(string authority, bool? kept)
    {
        if (Find(authority) is not { } habit)
            return;
        if (kept == true)
            habit.Kept++;
        habit.Closes |= kept == false;
        Volatile.Write(ref habit.Watched, 0);
    }

    private Habit? Find(string authority) =>
        _known.TryGetValue(authority, out var habit) && clock.GetElapsedTime(habit.Since) < Lifetime ? habit : null;

    private sealed class Habit(long since)
    {
        public int Watched;

        public long Since => since;

        public volatile int Kept;

        public volatile bool Closes;
    }
}
