using LlamaBlazor.Domain.Logs;

namespace LlamaBlazor.Tests.Domain.Logs;

public sealed class LogWindowTests
{
    private readonly LogWindow _window = new(4);

    [Fact]
    public void Take_PutsWhatArrivedOnTop_Once()
    {
        var reading = _window.Begin(new LogFilter());
        _window.Append(reading, [Line(2), Line(1)], null);
        _window.Arrive(Line(2)); // in memory as well as told
        _window.Arrive(Line(3));
        Assert.Equal((2, "2 1"), (_window.Waiting, Shown()));
        _window.Take();
        Assert.Equal((0, "3 2 1"), (_window.Waiting, Shown()));
        Assert.Null(_window.Next);
        _window.Take();
        Assert.Equal("3 2 1", Shown());
    }

    [Fact]
    public void Take_PastTheBound_LetsTheOldestGo_AndOlderOnesBeginThere()
    {
        var reading = _window.Begin(new LogFilter());
        _window.Append(reading, [Line(3), Line(2), Line(1)], null);
        _window.Arrive(Line(4));
        _window.Arrive(Line(5));
        _window.Take();
        Assert.Equal("5 4 3 2", Shown());
        Assert.Equal(new LogCursor(2, 0), _window.Next);
    }

    [Fact]
    public void Flood_WhilePaused_LeavesNoGap()
    {
        var reading = _window.Begin(new LogFilter());
        _window.Append(reading, [Line(2), Line(1)], null);
        foreach (var sequence in new[] { 3, 4, 5, 6, 7, 8 })
            _window.Arrive(Line(sequence));
        Assert.Equal(4, _window.Waiting);
        _window.Take();
        Assert.Equal("8 7 6 5", Shown()); // not 8 7 6 5 2 1, as if 3 and 4 had never been
        Assert.Equal(new LogCursor(5, 0), _window.Next);
    }

    [Theory]
    [InlineData(6, "8 7 6 5")]
    [InlineData(8, "8 7 6 5")] // all of the flood was read from memory too
    public void Flood_ThatTheShownReachInto_LosesNothing(long read, string expected)
    {
        var reading = _window.Begin(new LogFilter());
        foreach (var sequence in new[] { 3, 4, 5, 6, 7, 8 })
            _window.Arrive(Line(sequence));
        _window.Append(reading, [Line(read), Line(read - 1), Line(read - 2), Line(read - 3)], new LogCursor(read - 3, 0));
        _window.Take();
        Assert.Equal(expected, Shown());
    }

    [Fact]
    public void Begin_ForgetsAll_AndKeepsOnlyWhatMatchesFromThenOn()
    {
        _window.Append(_window.Begin(new LogFilter()), [Line(1)], new LogCursor(1, 1), 50);
        _window.Arrive(Line(2));
        _window.Begin(new LogFilter { Source = "models" });
        Assert.Equal((0, 0, 0), (_window.Waiting, _window.Entries.Count, _window.Scanned));
        Assert.Null(_window.Next);
        _window.Arrive(Line(3));
        _window.Arrive(Line(4) with { Source = "models" });
        _window.Take();
        Assert.Equal("4", Shown());
    }

    [Fact]
    public void Read_OfAnEarlierChoice_ChangesNothing()
    {
        var slow = _window.Begin(new LogFilter());
        var quick = _window.Begin(new LogFilter { Source = "models" });
        _window.Append(quick, [Line(9)], new LogCursor(9, 9), 7);
        _window.Append(slow, [Line(1)], new LogCursor(1, 1), 50);
        _window.Prepend(slow, [Line(2)]);
        Assert.Equal((7, "9"), (_window.Scanned, Shown()));
        Assert.Equal(new LogCursor(9, 9), _window.Next);
    }

    [Fact]
    public void Prepend_TurnsOldestFirstAround()
    {
        var reading = _window.Begin(new LogFilter());
        _window.Append(reading, [Line(3)], null);
        _window.Prepend(reading, [Line(4), Line(5)]);
        Assert.Equal("5 4 3", Shown());
    }

    private string Shown() => string.Join(' ', _window.Entries.Select(entry => entry.Message));

    private static LogEntry Line(long sequence) =>
        new()
        {
            Sequence = sequence,
            Timestamp = sequence,
            Level = "info",
            Source = "server",
            Message = $"{sequence}",
        };
}
