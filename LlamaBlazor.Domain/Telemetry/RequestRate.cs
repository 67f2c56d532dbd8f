namespace LlamaBlazor.Domain.Telemetry;

/// <summary>Requests of the last 60 seconds, in one counter a second. Safe for many threads.</summary>
public sealed class RequestRate
{
    private const int Seconds = 60;

    private readonly Lock _gate = new();
    private readonly int[] _counts = new int[Seconds];
    private long _second;
    private int _sum;

    /// <summary>Counts one request.</summary>
    /// <param name="milliseconds">When, of a clock that never goes back.</param>
    public void Count(long milliseconds)
    {
        lock (_gate)
        {
            Advance(milliseconds / 1000);
            _counts[_second % Seconds]++;
            _sum++;
        }
    }

    /// <summary>Requests of the last 60 seconds.</summary>
    /// <param name="milliseconds">Now, of the same clock.</param>
    public int PerMinute(long milliseconds)
    {
        lock (_gate)
        {
            Advance(milliseconds / 1000);
            return _sum;
        }
    }

    private void Advance(long second)
    {
        var steps = Math.Min(second - _second, Seconds);
        for (var i = 1; i <= steps; i++)
        {
            ref var count = ref _counts[(_second + i) % Seconds];
            _sum -= count;
            count = 0;
        }

        _second = Math.Max(_second, second);
    }
}
