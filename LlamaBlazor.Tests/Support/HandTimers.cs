namespace LlamaBlazor.Tests.Support;

/// <summary>A clock whose timers a test lets run out, instead of waiting for minutes.</summary>
internal sealed class HandTimers : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<HandTimer> _timers = []; // those that have not run out

    /// <summary>Whether something waits for so long.</summary>
    public bool IsWaiting(TimeSpan due) => Count(due) > 0;

    /// <summary>How many wait for so long.</summary>
    public int Count(TimeSpan due)
    {
        lock (_gate)
            return _timers.Count(timer => timer.Due == due);
    }

    /// <summary>Lets everything that waits for so long run out. False when nothing does.</summary>
    public bool Fire(TimeSpan due)
    {
        List<HandTimer> waiting;
        lock (_gate)
        {
            waiting = _timers.FindAll(timer => timer.Due == due);
            waiting.ForEach(timer => timer.Due = timer.Period);
            _timers.RemoveAll(timer => waiting.Contains(timer) && timer.Period <= TimeSpan.Zero);
        }

        waiting.ForEach(timer => timer.Run());
        return waiting.Count > 0;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(this, () => callback(state), dueTime, period);
        lock (_gate)
            _timers.Add(timer);
        return timer;
    }

    private sealed class HandTimer(HandTimers owner, Action run, TimeSpan due, TimeSpan period) : ITimer
    {
        public TimeSpan Due { get; set; } = due;

        public TimeSpan Period { get; private set; } = period;

        public void Run() => run();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
                (Due, Period) = (dueTime, period);
            return true;
        }

        public void Dispose()
        {
            lock (owner._gate)
                owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
