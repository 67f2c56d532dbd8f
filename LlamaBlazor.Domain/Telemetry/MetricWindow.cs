using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Telemetry;

/// <summary>The samples of the last ten minutes, oldest first. Safe for one writer and many readers.</summary>
public sealed class MetricWindow
{
    /// <summary>How far back it reaches, milliseconds.</summary>
    public const long LengthMs = 600_000;

    /// <summary>Most samples it holds: ten minutes at one a second, and a margin for a clock that is set.</summary>
    public const int Bound = 660;

    private readonly Lock _gate = new();
    private readonly RingBuffer<Sample> _ring = new(Bound);

    /// <summary>The newest sample, or null before the first.</summary>
    public Sample? Latest
    {
        get
        {
            lock (_gate)
                return _ring.Count == 0 ? null : _ring[_ring.Count - 1];
        }
    }

    /// <summary>Adds the newest sample. What is older than the window leaves; so does what lies after it, when the clock was set
    /// back.</summary>
    /// <param name="sample">The sample.</param>
    public void Add(Sample sample)
    {
        lock (_gate)
        {
            while (_ring.Count > 0 && _ring[_ring.Count - 1].Timestamp >= sample.Timestamp)
                _ring.RemoveNewest();
            _ring.Add(sample);
            while (_ring[0].Timestamp < sample.Timestamp - LengthMs)
                _ring.RemoveOldest();
        }
    }

    /// <summary>A copy, oldest first.</summary>
    public IReadOnlyList<Sample> Snapshot()
    {
        lock (_gate)
            return _ring.ToArray();
    }

    /// <summary>The samples not older than a moment.</summary>
    /// <param name="timestamp">Unix milliseconds.</param>
    public IReadOnlyList<Sample> Since(long timestamp) => [.. Snapshot().Where(sample => sample.Timestamp >= timestamp)];
}
