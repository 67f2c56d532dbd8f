using System.Collections.Concurrent;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Domain.Common;

/// <summary>The queue of starts and of requests: its order, and its one mover.</summary>
public sealed class PrioritizedQueueTests
{
    private readonly ConcurrentQueue<IReadOnlyList<string>> _rounds = new();

    [Fact]
    public void Order_IsByPriority_ThenByWaiting_ThenByArrival()
    {
        var queue = NewQueue();
        foreach (var (item, priority, since) in new[] { ("a", 0, 10), ("b", 5, 30), ("c", 0, 5), ("d", -1, 1), ("e", 5, 20), ("f", 0, 10) })
            Assert.True(queue.TryAdd(item, priority, since));
        // "c" waits longer than "a" though it came later, as one that was evicting does; "f" came at the same moment as "a", after it.
        Assert.Equal(["e", "b", "c", "a", "f", "d"], queue.Items);
        Assert.Equal(["e", "b", "c"], queue.Before("a", 0, 10));
        Assert.Equal(["e", "b"], queue.Before("new", 5, 40));
        Assert.Equal(["e", "b", "c", "a", "f"], queue.Before("new", 0, 10)); // it would come last among its equals
        Assert.Empty(queue.Before("e", 5, 20));
    }

    [Fact]
    public void Bound_IsKept_ExceptForOneThatIsPutBack()
    {
        var queue = NewQueue(capacity: 2);
        Assert.True(queue.TryAdd("a", 0, 1) && queue.TryAdd("b", 0, 1));
        Assert.False(queue.TryAdd("c", 9, 1));
        Assert.Equal("a", queue.TakeFirst());
        Assert.True(queue.TryAdd("c", 9, 2));
        queue.PutBack("a", 0, 1);
        Assert.Equal(["c", "a", "b"], queue.Items); // before its equals, not before those of a higher priority
        Assert.False(queue.TryAdd("d", 0, 3));
        Assert.Equal((3, false), (queue.Count, queue.IsEmpty));
    }

    [Fact]
    public void PutBack_OfTheOnlyOneOfItsPriority_FindsItsPlace()
    {
        var queue = NewQueue();
        queue.TryAdd("high", 5, 1);
        queue.TryAdd("late", 0, 9);
        queue.TryAdd("low", -5, 1);
        queue.PutBack("early", 0, 2);
        queue.PutBack("lowest", -9, 0);
        Assert.Equal(["high", "early", "late", "low", "lowest"], queue.Items);
    }

    [Fact]
    public void Leaving_MovesTheOthersUp_AndIsToldOnce()
    {
        var queue = NewQueue();
        foreach (var item in new[] { "a", "b", "c" })
            queue.TryAdd(item, 0, 1);
        Assert.Equal((true, false), (queue.Remove("b"), queue.Remove("b")));
        Assert.Equal(["a", "c"], queue.Items);
        Assert.Equal(["a", "c"], queue.TakeAll());
        Assert.Null(queue.TakeFirst());
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void NobodyWaits_NobodyMoves()
    {
        var queue = NewQueue();
        queue.Wake();
        Assert.Empty(_rounds);
    }

    [Fact]
    public async Task Rounds_NeverOverlap_AndNobodyIsLost()
    {
        var (inside, most, served) = (0, 0, 0);
        PrioritizedQueue<object> queue = null!;
        queue = new PrioritizedQueue<object>(
            10_000,
            async () =>
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await Task.Yield();
                while (queue.TakeFirst() is not null)
                    Interlocked.Increment(ref served);
                Interlocked.Decrement(ref inside);
                return null;
            },
            TimeProvider.System
        );
        Parallel.For(
            0,
            5_000,
            number =>
            {
                Assert.True(queue.TryAdd(new object(), number % 3, number));
                queue.Wake();
            }
        );
        await Until.TrueAsync(() => Volatile.Read(ref served) == 5_000, "all are served");
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task WakeUp_InTheMiddleOfARound_MakesOneMore()
    {
        var (begun, go) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        var queue = new PrioritizedQueue<string>(
            8,
            async () =>
            {
                begun.Release();
                await go.WaitAsync();
                return null;
            },
            TimeProvider.System
        );
        queue.TryAdd("a", 0, 1);
        queue.Wake();
        await begun.WaitAsync(TimeSpan.FromSeconds(30));
        queue.Wake();
        queue.Wake(); // both are met by one round
        go.Release(2);
        Assert.True(await begun.WaitAsync(TimeSpan.FromSeconds(30)));
        // The second round said that nothing is to be done: the queue rests, and the next wake-up begins anew.
        await Until.TrueAsync(
            () =>
            {
                queue.Wake();
                return begun.CurrentCount > 0;
            },
            "moved again"
        );
        go.Release(100);
    }

    [Fact]
    public async Task Pause_EndsByItself_OrByAWakeUp_AfterABreath()
    {
        var clock = new StoppedClock();
        var (pause, breath) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(20));
        var rounds = 0;
        var queue = new PrioritizedQueue<string>(
            8,
            () =>
            {
                Interlocked.Increment(ref rounds);
                return ValueTask.FromResult<TimeSpan?>(pause);
            },
            clock,
            breath
        );
        queue.TryAdd("a", 0, 1);
        queue.Wake();
        await Until.TrueAsync(() => clock.Timers.IsWaiting(pause), "it rests");
        queue.Wake();
        await Until.TrueAsync(() => clock.Timers.IsWaiting(breath), "a breath is taken");
        Assert.False(clock.Timers.IsWaiting(pause)); // the timer of the pause is given back
        for (var i = 0; i < 100; i++)
            queue.Wake();
        Assert.Equal(1, Volatile.Read(ref rounds));
        clock.Timers.Fire(breath);
        await Until.TrueAsync(() => Volatile.Read(ref rounds) == 2 && clock.Timers.IsWaiting(pause), "one round for all of them");
        clock.Timers.Fire(pause);
        await Until.TrueAsync(() => clock.Timers.Fire(breath) && Volatile.Read(ref rounds) == 3, "and one after the pause");
        queue.Remove("a");
    }

    [Fact]
    public async Task Round_ThatFails_EndsTheMover_AndTheNextWakeUpBeginsAnew()
    {
        var rounds = 0;
        PrioritizedQueue<string> queue = null!;
        queue = new PrioritizedQueue<string>(
            8,
            () =>
                Interlocked.Increment(ref rounds) == 1
                    ? throw new InvalidOperationException("a bug")
                    : ValueTask.FromResult<TimeSpan?>(queue.TakeFirst() is null ? null : TimeSpan.Zero),
            TimeProvider.System
        );
        queue.TryAdd("a", 0, 1);
        await Until.TrueAsync(
            () =>
            {
                queue.Wake();
                return queue.IsEmpty;
            },
            "served"
        );
        Assert.True(rounds >= 2);
    }

    private PrioritizedQueue<string> NewQueue(int capacity = 100)
    {
        PrioritizedQueue<string> queue = null!;
        return queue = new PrioritizedQueue<string>(
            capacity,
            () =>
            {
                _rounds.Enqueue(queue.Items);
                return ValueTask.FromResult<TimeSpan?>(null);
            },
            TimeProvider.System
        );
    }

    private sealed class StoppedClock : TimeProvider
    {
        public HandTimers Timers { get; } = new();

        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            Timers.CreateTimer(callback, state, dueTime, period);
    }
}
