namespace LlamaBlazor.Web.Maintenance;

/// <summary>
/// The time by which ages are counted. A clock that jumps ahead while the program runs would make everything old at once: a jump of more
/// than a day is not
/// believed until it has stood for a day, measured by the monotonic clock.
/// </summary>
internal sealed class AgeClock(TimeProvider clock)
{
    private static readonly TimeSpan Believed = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private DateTimeOffset _wall = clock.GetUtcNow();
    private long _timestamp = clock.GetTimestamp();
    private TimeSpan _ahead;
    private long _jumpedAt;

    /// <summary>The time, without a jump that is not believed yet.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (_gate)
            {
                var (wall, timestamp) = (clock.GetUtcNow(), clock.GetTimestamp());
                var jump = wall - _wall - clock.GetElapsedTime(_timestamp, timestamp);
                (_wall, _timestamp) = (wall, timestamp);
                if (jump.Duration() > Believed)
                    (_ahead, _jumpedAt) = (TimeSpan.FromTicks(Math.Max(0, (_ahead + jump).Ticks)), timestamp);
                else if (_ahead > TimeSpan.Zero && clock.GetElapsedTime(_jumpedAt, timestamp) > Believed)
                    _ahead = TimeSpan.Zero;
                return wall - _ahead;
            }
        }
    }
}
