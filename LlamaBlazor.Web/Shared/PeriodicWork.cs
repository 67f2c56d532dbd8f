using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace LlamaBlazor.Web.Shared;

/// <summary>
/// Work in the background that is done again and again, at an interval and when woken. It survives its failures: the first of a row is
/// logged, all are counted, and while they last the interval doubles, up to <see cref="LongestPause"/>, which is also the pause of work
/// that has no interval. One step at a time.
/// </summary>
/// <param name="trouble">What a failure means, as the beginning of a sentence: "The machine could not be read".</param>
/// <param name="step">One round of the work.</param>
/// <param name="clock">Times the rounds.</param>
/// <param name="logger">Takes the failures.</param>
[SuppressMessage("Design", "CA1001", Justification = "The timer is disposed of by the run that made it")]
internal sealed partial class PeriodicWork(string trouble, Func<CancellationToken, Task> step, TimeProvider clock, ILogger logger)
{
    /// <summary>Longest pause after failures, unless the interval itself is longer.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    // one wake is as good as many
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private TimeSpan _interval = Timeout.InfiniteTimeSpan;
    private PeriodicTimer? _timer; // while it runs
    private int _row; // failures since the last success
    private long _failures;

    /// <summary>From one round to the next; infinite where rounds come by <see cref="Wake"/> alone. A change counts at once.</summary>
    public TimeSpan Interval
    {
        get
        {
            lock (_gate)
                return _interval;
        }
        set
        {
            lock (_gate)
            {
                _interval = value;
                _timer?.Period = value;
            }
        }
    }

    /// <summary>Until the first round; null is one interval, zero is at once.</summary>
    public TimeSpan? FirstDelay { get; init; }

    /// <summary>How loud the first failure of a row is.</summary>
    public LogLevel Level { get; init; } = LogLevel.Warning;

    /// <summary>Rounds that failed since the start.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Asks for a round now, or after the one under way, whether or not the last ones failed.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>Works until it is cancelled, which ends it without an exception. To be called once.</summary>
    /// <param name="ready">What the work needs first, such as the database. Where that fails there is no work: whoever failed says
    /// why.</param>
    /// <param name="cancellation">Ends the work; a step sees it too.</param>
    public async Task RunAsync(Task ready, CancellationToken cancellation)
    {
        try
        {
            await ready.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidOperationException)
        {
            return;
        }

        try
        {
            await RepeatAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            // Whoever runs it ends, and what it cut off with it.
        }
    }

    private async Task RepeatAsync(CancellationToken cancellation)
    {
        using var timer = Begin();
        try
        {
            if (FirstDelay == TimeSpan.Zero)
                await TryAsync(cancellation).ConfigureAwait(false);
            var tick = timer.WaitForNextTickAsync(cancellation).AsTask();
            var wake = _wakes.Reader.WaitToReadAsync(cancellation).AsTask();
            while (true)
            {
                await (await Task.WhenAny(tick, wake).ConfigureAwait(false)).ConfigureAwait(false);
                _wakes.Reader.TryRead(out _);
                await TryAsync(cancellation).ConfigureAwait(false);
                if (tick.IsCompleted)
                    tick = timer.WaitForNextTickAsync(cancellation).AsTask();
                if (wake.IsCompleted)
                    wake = _wakes.Reader.WaitToReadAsync(cancellation).AsTask();
            }
        }
        finally
        {
            lock (_gate)
                _timer = null;
        }
    }

    private PeriodicTimer Begin()
    {
        lock (_gate)
            return _timer = new PeriodicTimer(FirstDelay is { } first && first > TimeSpan.Zero ? first : _interval, clock);
    }

    private async Task TryAsync(CancellationToken cancellation)
    {
        try
        {
            await step(cancellation).ConfigureAwait(false);
            if (_row > 0)
                LogWorks(trouble, _row);
            _row = 0;
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            Interlocked.Increment(ref _failures);
            if (_row++ == 0)
                LogFailed(Level, trouble, error);
        }

        Pace();
    }

    // Set only where it differs: setting it begins the period anew, and rounds would lag by what each takes.
    private void Pace()
    {
        lock (_gate)
        {
            var period = Period(_interval, _row);
            if (_timer is { } timer && timer.Period != period)
                timer.Period = period;
        }
    }

    private static TimeSpan Period(TimeSpan interval, int failures)
    {
        if (failures == 0 || interval >= LongestPause)
            return interval;
        if (interval == Timeout.InfiniteTimeSpan)
            return LongestPause; // what failed is tried again, though nobody wakes it
        var pause = interval * Math.Pow(2, Math.Min(failures, 30));
        return pause < LongestPause ? pause : LongestPause;
    }

    [LoggerMessage(Message = "{Trouble}; it is tried again, and told again only after it has worked")]
    private partial void LogFailed(LogLevel level, string trouble, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Trouble}, {Failures} times in a row: it works again")]
    private partial void LogWorks(string trouble, int failures);
}
