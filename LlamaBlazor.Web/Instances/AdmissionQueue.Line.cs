using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;

namespace LlamaBlazor.Web.Instances;

/// <summary>The line of those that wait, and the way from an eviction to memory that is really free.</summary>
internal sealed partial class AdmissionQueue
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MeasureAgain = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndReserve = TimeSpan.FromSeconds(5);

    // Between two rounds: requests end a thousand times a second, and each may wake the line.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    // Others may pass one that does not fit, but not for ever: after this, nobody takes what it would get once those at work have finished.
    private static readonly TimeSpan PassLimit = TimeSpan.FromSeconds(30);

    private readonly PendingStarts _line = new();
    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Something has changed that those in the line may wait for.</summary>
    public void Wake()
    {
        if (_line.IsEmpty) // asked after each request that ends
            return;
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _released, released).TrySetResult();
    }

    private async Task<AdmissionDecision> WaitAsync(PendingStart entry, AdmissionDecision refused, CancellationToken cancellation)
    {
        Tell(entry, refused);
        if (_line.Add(entry))
            _ = Task.Run(MoveAsync, CancellationToken.None);
        else
            Wake();
        try
        {
            return await entry.Outcome.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _line.Remove(entry);
            Wake();
            if (!entry.Outcome.TrySetCanceled(cancellation) && entry.Outcome.Task is { IsCompletedSuccessfully: true })
                Leave(entry); // its turn had just come
            throw;
        }
    }

    // One at a time moves the line, as long as there is one.
    private async Task MoveAsync()
    {
        while (!_line.TryRest())
        {
            var released = Volatile.Read(ref _released).Task;
            foreach (var entry in _line.All)
                await LetInAsync(entry).ConfigureAwait(false);

            var asked = _clock.GetTimestamp();
            var pause = Task.Delay(UntilNextLook(), _clock);
            await Task.WhenAny(released, pause).ConfigureAwait(false);
            if (Breath - _clock.GetElapsedTime(asked) is { Ticks: > 0 } rest)
                await Task.Delay(rest, _clock).ConfigureAwait(false);
        }
    }

    private async Task LetInAsync(PendingStart entry)
    {
        try
        {
            if (entry.Outcome.Task.IsCompleted)
                return;
            var (decision, isFinal) = await TryTakeOnceAsync(entry, CancellationToken.None).ConfigureAwait(false);
            if (!isFinal)
            {
                Tell(entry, decision);
                return;
            }

            _line.Remove(entry);
            if (!entry.Outcome.TrySetResult(decision) && decision.Admitted)
                Leave(entry); // it has left meanwhile
        }
        catch (Exception error)
        {
            LogNotDecided(entry.Facts.Name, error);
            _line.Remove(entry);
            entry.Outcome.TrySetException(error);
        }
    }

    // Who must have its turn first, or null. What becomes free between two decisions is for the first in the line that can use it, not for
    // the first that asks.
    private async Task<PendingStart?> FirstHarmedAsync(PendingStart entry, Occupant taker, CancellationToken cancellation)
    {
        foreach (var other in _line.Before(entry).Where(other => !other.Outcome.Task.IsCompleted))
        {
            var others = Occupants(other.Facts.ModelId);
            if (await WouldLoseAsync(other, others, taker, cancellation).ConfigureAwait(false))
                return other;
            if (
                _clock.GetElapsedTime(other.Since) >= PassLimit
                && await WouldLoseAsync(other, [.. others.Select(one => one.AtRest)], taker, cancellation).ConfigureAwait(false)
            )
                return other;
        }

        return null;
    }

    // True where it has a place beside these, and none beside these and the taker.
    private async Task<bool> WouldLoseAsync(
        PendingStart waiting,
        IReadOnlyList<Occupant> others,
        Occupant taker,
        CancellationToken cancellation
    ) =>
        (await DecideAsync(waiting, waiting.Wish.Value.MayEvict, others, cancellation).ConfigureAwait(false)).Decision.Admitted
        && !(
            await DecideAsync(
                    waiting,
                    waiting.Wish.Value.MayEvict,
                    [.. others.Where(other => other.ModelId != taker.ModelId), taker],
                    cancellation
                )
                .ConfigureAwait(false)
        )
            .Decision
            .Admitted;

    private void Tell(PendingStart entry, AdmissionDecision decision)
    {
        var place = _line.All.TakeWhile(other => other != entry).Count() + 1;
        entry.OnStage(new StartStage(StartWait.Pending, Words(decision), place));
    }

    // Soon, or at the very end of a warm time or of somebody's patience.
    private TimeSpan UntilNextLook()
    {
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var pause = LookAgain;
        if (EvictionPlanner.NextWarm(Occupants(), now) is { } warm && TimeSpan.FromMilliseconds(warm - now) is var left && left < pause)
            pause = left;
        foreach (var entry in _line.All)
        {
            if (entry.Wish.Left is { } patience && patience < pause)
                pause = patience;
        }

        return pause > TimeSpan.FromMilliseconds(1) ? pause : TimeSpan.FromMilliseconds(1);
    }

    // True once all of them have ended. One that cannot be ended must not hold this start for ever.
    private async Task<bool> EvictAsync(IReadOnlyList<long> victims, CancellationToken cancellation)
    {
        try
        {
            var results = await Task.WhenAll(victims.Select(victim => _evict(victim, cancellation)))
                .WaitAsync(TimeSpan.FromSeconds(_options.CurrentValue.StopGraceSeconds) + EndReserve, _clock, cancellation)
                .ConfigureAwait(false);
            return results.All(ended => ended);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // What was expected to become free is measured: the system and the driver free it a moment after the process has gone, and it may be
    // less than it was taken for.
    private async Task<bool> SettleAsync(PendingStart entry, CancellationToken cancellation)
    {
        for (var started = _clock.GetTimestamp(); ; )
        {
            if (await TrySettleAsync(entry, cancellation).ConfigureAwait(false))
                return true;
            if (_clock.GetElapsedTime(started) >= SettleLimit)
                return false;
            await Task.Delay(MeasureAgain, _clock, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<bool> TrySettleAsync(PendingStart entry, CancellationToken cancellation)
    {
        await _decision.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var (decision, gpus) = await DecideAsync(entry, mayEvict: false, Occupants(entry.Facts.ModelId), cancellation)
                .ConfigureAwait(false);
            // How busy the machine is was looked at before anybody was stopped for it.
            if (!decision.IsImmediate && !(decision.Reasons.Count > 0 && decision.Reasons.All(reason => reason.Code is "cpu" or "load")))
                return false;
            var plan = gpus.Answer([]);
            Put(entry.Facts, entry.Demand, plan);
            return await TakeGpusAsync(entry.Facts, plan, cancellation).ConfigureAwait(false) is null;
        }
        finally
        {
            _decision.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Model} is started all the same: {Warning}")]
    private partial void LogWarned(string model, string warning);

    [LoggerMessage(Level = LogLevel.Error, Message = "Whether {Model} may start could not be decided")]
    private partial void LogNotDecided(string model, Exception error);
}
