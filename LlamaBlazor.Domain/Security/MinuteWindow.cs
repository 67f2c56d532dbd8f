namespace LlamaBlazor.Domain.Security;

/// <summary>
/// A sum over the last 60 seconds, kept in one counter a second. Safe for many threads. Time is that of a clock that only goes forward; one
/// that is set back all the same goes on from where the window stands, so that nobody waits for the difference.
/// </summary>
public sealed class MinuteWindow
{
    private const int Seconds = 60;

    /// <summary>Threads read the clock before they take their turn: so many seconds back are no jump.</summary>
    private const int Race = 2;

    private readonly Lock _gate = new();
    private readonly long[] _sums = new long[Seconds];
    private long _second;
    private long _ahead; // seconds by which the window is ahead of the clock it is told
    private long _total;

    /// <summary>Adds an amount.</summary>
    /// <param name="amount">How much.</param>
    /// <param name="milliseconds">When.</param>
    public void Add(long amount, long milliseconds)
    {
        lock (_gate)
            AddCore(amount, milliseconds);
    }

    /// <summary>Adds one if that stays within a limit.</summary>
    /// <param name="limit">Most in 60 seconds.</param>
    /// <param name="milliseconds">When.</param>
    /// <returns>0, or seconds after which there is room again.</returns>
    public int TryCount(long limit, long milliseconds) => TryReserve(limit, 1, milliseconds, out _);

    /// <summary>Adds an amount if the sum is below a limit as yet: the one who comes first may exceed it, those behind see what was
    /// promised.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="amount">How much is expected.</param>
    /// <param name="milliseconds">When.</param>
    /// <param name="second">Where it was written down, for <see cref="Settle"/>.</param>
    /// <returns>0, or seconds after which there is room again.</returns>
    public int TryReserve(long limit, long amount, long milliseconds, out long second)
    {
        lock (_gate)
        {
            var wait = WaitCore(limit, milliseconds);
            if (wait == 0)
                AddCore(amount, milliseconds);
            second = _second;
            return wait;
        }
    }

    /// <summary>Puts what was used in the place of what was expected.</summary>
    /// <param name="second">Where that was written down.</param>
    /// <param name="reserved">How much was expected.</param>
    /// <param name="used">How much was used.</param>
    /// <param name="milliseconds">Now.</param>
    public void Settle(long second, long reserved, long used, long milliseconds)
    {
        lock (_gate)
        {
            AddCore(used, milliseconds);
            if (_second - second >= Seconds)
                return; // gone with its second
            _sums[second % Seconds] -= reserved;
            _total -= reserved;
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

    private void AddCore(long amount, long milliseconds)
    {
        Advance(milliseconds / 1000);
        _sums[_second % Seconds] += amount;
        _total += amount;
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

    private void Advance(long clock)
    {
        if (clock + _ahead < _second - Race)
            _ahead = _second - clock;
        var second = clock + _ahead;
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
