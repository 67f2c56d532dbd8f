using System.Collections.Concurrent;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Shared;
using Microsoft.Extensions.Logging;

namespace LlamaBlazor.Tests.Integration.Shared;

/// <summary>The loop that all periodic services use.</summary>
public sealed class PeriodicWorkTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly HandTimers _clock = new();
    private readonly Lines _lines = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile Exception? _trouble;
    private int _rounds;

    [Fact]
    public async Task Rounds_ComeWithTheInterval_AndEndWithoutAnException()
    {
        var work = Work();
        var running = work.RunAsync(Task.CompletedTask, _stop.Token);
        Assert.Equal(0, _rounds);
        await RoundAsync(Interval);
        await RoundAsync(Interval);
        await _stop.CancelAsync();
        await running;
        Assert.Equal(2, _rounds);
        Assert.False(_clock.IsWaiting(Interval));
        Assert.Empty(_lines.All);
    }

    [Fact]
    public async Task FirstRound_ComesAtOnce_OrAfterItsOwnDelay()
    {
        var atOnce = Work(TimeSpan.Zero);
        _ = atOnce.RunAsync(Task.CompletedTask, _stop.Token);
        Assert.Equal(1, _rounds);

        var delay = TimeSpan.FromMinutes(2);
        var later = Work(delay);
        _ = later.RunAsync(Task.CompletedTask, _stop.Token);
        await RoundAsync(delay);
        await Until.TrueAsync(() => _clock.Count(Interval) == 2 && !_clock.IsWaiting(delay), "both wait for the interval");
    }

    [Fact]
    public async Task Work_WaitsForWhatItNeeds_AndDoesNotBeginWithoutIt()
    {
        var ready = new TaskCompletionSource();
        var waiting = Work(TimeSpan.Zero).RunAsync(ready.Task, _stop.Token);
        Assert.Equal(0, _rounds);
        ready.SetResult();
        await Until.TrueAsync(() => Volatile.Read(ref _rounds) == 1, "the first round");

        await Work(TimeSpan.Zero).RunAsync(Task.FromException(new InvalidOperationException("no database")), _stop.Token);
        var cancelled = Work(TimeSpan.Zero).RunAsync(new TaskCompletionSource().Task, _stop.Token);
        await _stop.CancelAsync();
        await Task.WhenAll(waiting, cancelled);
        Assert.Equal(1, _rounds);
        Assert.Empty(_lines.All);
    }

    [Fact]
    public async Task Failures_AreToldOnce_UntilItWorksAgain()
    {
        var work = Work();
        _ = work.RunAsync(Task.CompletedTask, _stop.Token);
        _trouble = new TimeoutException("first");
        await RoundAsync(Interval);
        _trouble = new OperationCanceledException("a request that took too long, not our end");
        await RoundAsync(2 * Interval);
        await RoundAsync(4 * Interval);
        Assert.Equal([(LogLevel.Error, "first")], _lines.All);
        Assert.Equal(3, work.Failures);

        _trouble = null;
        await RoundAsync(PeriodicWork.LongestPause); // eight intervals are longer than that
        await Until.TrueAsync(() => _clock.IsWaiting(Interval), "the interval again");
        Assert.Equal((LogLevel.Information, null), _lines.All.Last());

        _trouble = new TimeoutException("second");
        await RoundAsync(Interval);
        await Until.TrueAsync(() => _clock.IsWaiting(2 * Interval), "the second row of failures");
        Assert.Equal([(LogLevel.Error, "first"), (LogLevel.Information, null), (LogLevel.Error, "second")], _lines.All);
        Assert.Equal(4, work.Failures);
    }

    [Fact]
    public async Task PauseAfterFailures_IsBounded_AndNeverShorterThanTheInterval()
    {
        _trouble = new TimeoutException();
        var often = Work();
        _ = often.RunAsync(Task.CompletedTask, _stop.Token);
        TimeSpan[] pauses = [Interval, 2 * Interval, 4 * Interval, .. Enumerable.Repeat(PeriodicWork.LongestPause, 40)];
        foreach (var pause in pauses)
            await RoundAsync(pause);
        Assert.Equal(pauses.Length, often.Failures);

        var hour = TimeSpan.FromHours(1);
        var seldom = Work();
        seldom.Interval = hour;
        _ = seldom.RunAsync(Task.CompletedTask, _stop.Token);
        await RoundAsync(hour);
        await RoundAsync(hour);
    }

    [Fact]
    public async Task Wake_AsksForARound_AlsoWhileFailuresLastAndWithoutAnInterval()
    {
        var work = Work();
        work.Interval = Timeout.InfiniteTimeSpan;
        _trouble = new TimeoutException();
        var running = work.RunAsync(Task.CompletedTask, _stop.Token);
        work.Wake();
        await Until.TrueAsync(() => work.Failures == 1, "the first round");
        work.Wake();
        await Until.TrueAsync(() => work.Failures == 2, "the second round");
        await _stop.CancelAsync();
        await running;
        Assert.Equal(2, _rounds);
    }

    [Fact]
    public async Task Failure_WithoutAnInterval_IsTriedAgain_UntilItWorks()
    {
        var work = Work();
        work.Interval = Timeout.InfiniteTimeSpan;
        _trouble = new TimeoutException();
        _ = work.RunAsync(Task.CompletedTask, _stop.Token);
        work.Wake();
        await Until.TrueAsync(() => work.Failures == 1, "the first round");
        await RoundAsync(PeriodicWork.LongestPause);
        _trouble = null;
        await RoundAsync(PeriodicWork.LongestPause);
        await Until.TrueAsync(() => !_clock.IsWaiting(PeriodicWork.LongestPause), "no further round is planned");
        Assert.Equal(2, work.Failures);
    }

    [Fact]
    public async Task Wakes_WhileARoundIsUnderWay_AreOneMoreRound()
    {
        var gate = new SemaphoreSlim(0);
        var work = new PeriodicWork(
            "It failed",
            async token =>
            {
                Interlocked.Increment(ref _rounds);
                await gate.WaitAsync(token);
            },
            _clock,
            _lines
        )
        {
            FirstDelay = TimeSpan.Zero,
        };
        _ = work.RunAsync(Task.CompletedTask, _stop.Token);
        for (var i = 0; i < 5; i++)
            work.Wake();
        gate.Release();
        await Until.TrueAsync(() => Volatile.Read(ref _rounds) == 2, "the round of the wakes");
        gate.Release();
        work.Wake();
        await Until.TrueAsync(() => Volatile.Read(ref _rounds) == 3, "the last round");
        Assert.Equal(3, _rounds);
    }

    [Fact]
    public async Task Interval_ChangesWhileItRuns()
    {
        var work = Work();
        _ = work.RunAsync(Task.CompletedTask, _stop.Token);
        work.Interval = TimeSpan.FromSeconds(1);
        Assert.False(_clock.IsWaiting(Interval));
        await RoundAsync(TimeSpan.FromSeconds(1));
        await RoundAsync(TimeSpan.FromSeconds(1));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private PeriodicWork Work(TimeSpan? first = null) =>
        new(
            "It failed",
            _ =>
            {
                Interlocked.Increment(ref _rounds);
                return _trouble is { } trouble ? Task.FromException(trouble) : Task.CompletedTask;
            },
            _clock,
            _lines
        )
        {
            Interval = Interval,
            FirstDelay = first,
            Level = LogLevel.Error,
        };

    private async Task RoundAsync(TimeSpan due)
    {
        var before = Volatile.Read(ref _rounds);
        await Until.TrueAsync(() => _clock.IsWaiting(due), $"a wait of {due}");
        _clock.Fire(due);
        await Until.TrueAsync(() => Volatile.Read(ref _rounds) == before + 1, $"the round after {due}");
    }

    private sealed class Lines : ILogger
    {
        private readonly ConcurrentQueue<(LogLevel, string?)> _all = new();

        public List<(LogLevel Level, string? Error)> All => [.. _all];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> format) =>
            _all.Enqueue((level, error?.Message));
    }
}
