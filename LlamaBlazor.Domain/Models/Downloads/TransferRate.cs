namespace LlamaBlazor.Domain.Models.Downloads;

/// <summary>How fast bytes come: over the last ten seconds, so that it is steady and yet follows.</summary>
public sealed class TransferRate
{
    private const double Window = 10;
    private const int Bound = 64;

    private readonly Queue<(double Time, long Bytes)> _marks = new(); // at most Bound

    /// <summary>Notes how many bytes there are.</summary>
    /// <param name="seconds">Time on any steady clock.</param>
    /// <param name="bytes">All bytes so far.</param>
    public void Note(double seconds, long bytes)
    {
        _marks.Enqueue((seconds, bytes));
        while (_marks.Count > 2 && (_marks.Peek().Time < seconds - Window || _marks.Count > Bound))
            _marks.Dequeue();
    }

    /// <summary>Bytes a second, or null before there are two notes apart.</summary>
    public double? PerSecond =>
        _marks.Count > 1 && _marks.Peek() is var first && _marks.Last() is var last && last.Time > first.Time
            ? (last.Bytes - first.Bytes) / (last.Time - first.Time)
            : null;

    /// <summary>Seconds until the rest has come, or null where that cannot be told.</summary>
    /// <param name="total">Bytes of the whole file, or null.</param>
    /// <param name="received">Bytes so far.</param>
    /// <param name="perSecond">Bytes a second, or null.</param>
    public static long? Left(long? total, long received, double? perSecond) =>
        total is { } all && perSecond is > 0 and { } rate ? (long)Math.Ceiling(Math.Max(0, all - received) / rate) : null;
}
