namespace LlamaBlazor.Domain.Security;

/// <summary>A sum over the last 60 seconds, kept in one counter a second. Safe for many threads.</summary>
public sealed class MinuteWindow
{
    private const int Seconds = 60;

    private readonly Lock _gate = new();
    private readonly long[] _sums = new long[Seconds];
    private long _second;
    private long _total;

    /// <summary>Adds an amount.</summary>
    /// <param name="amount">How much.</param>
    /// <param name="milliseconds">When.</param>
    public void Add(long amount, long milliseconds)
    {
        lock (_gate)
        {
            Advance(milliseconds / 1000);
            _sums[_second % Seconds] += amount;
            _total += amount;
        }
    }

    /// <summary>Adds one if that stays within a limit.</summary>
    /// <param name="limit">Most in 60 seconds.</param>
    /// <param name="milliseconds">When.</param>
    /// <returns>0, or seconds after which there is room again.</returns>
    public int TryCount(long limit, long milliseconds)
    {
        lock (_gate)
        {
            var wait = WaitCore(limit, milliseconds);
            if (wait > 0)
                return wait;
            _sums[_second % Seconds]++;
            _total++;
            return 0;
        }
    }

    /// <summary>Seconds after which the sum is below a limit, or 0.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="milliseconds">Now.</param>
    public int Wait(long limit, long milliseconds)
    {
        lock (_gate)
            return WaitCore(limit, milliseconds);
    }

    private int WaitCore(long limit, long milliseconds)
    {
        Advance(milliseconds / 1000);
        var left = _total;
        for (var wait = 0; wait < Seconds; wait++)
        {
            if (left < limit)
                return wait;
            left -= _sums[(_second + 1 + wait) % Seconds]; // the oldest goes first
        }

        return Seconds;
    }

    private void Advance(long second)
    {
        var steps = Math.Min(second - _second, Seconds);
        for (var i = 1; i <= steps; i++)
        {
            ref var sum = ref _sums[(_second + i) % Seconds];
            _total -= sum;
            sum = 0;
        }

        _second = Math.Max(_second, second);
    }
}
