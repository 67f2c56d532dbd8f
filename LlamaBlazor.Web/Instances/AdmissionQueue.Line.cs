using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;

namespace LlamaBlazor.Web.Instances;

/// <summary>Those that wait, and whose turn comes first.</summary>
internal sealed partial class AdmissionQueue
{
    private const int MaxWaiting = 10_000; // each model starts once at a time

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MeasureAgain = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(5);

    // Between two rounds: requests end a thousand times a second, and each may wake the queue.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    // Others may pass one that does not fit, but not for ever: after this, nobody takes what it would get once those at work have finished.
    private static readonly TimeSpan PassLimit = TimeSpan.FromSeconds(30);

    /// <summary>Something has changed that those who wait may wait for.</summary>
    public void Wake()
    {
        if (!_queue.IsEmpty) // asked after each request that ends
            _queue.Wake();
    }

    private async Task<AdmissionDecision> WaitAsync(PendingStart entry, AdmissionDecision refused, CancellationToken cancellation)
    {
        Tell(entry, refused);
        if (!_queue.TryAdd(entry, entry.Facts.QueuePriority, entry.Since))
            return Refuse("line", $"{MaxWaiting} starts are waiting already. Wait until some of them have begun, or stop some.");
        _queue.Wake();
        try
        {
            return await entry.Outcome.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _queue.Remove(entry);
            Wake();
            if (!entry.Outcome.TrySetCanceled(cancellation) && entry.Outcome.Task is { IsCompletedSuccessfully: true })
                Leave(entry); // its turn had just come
            throw;
        }
    }

    // A round of the queue: all are asked, the next one first.
    private async ValueTask<TimeSpan?> MoveAsync()
    {
        foreach (var entry in _queue.Items)
            await LetInAsync(entry).ConfigureAwait(false);
        return UntilNextLook();
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

            _queue.Remove(entry);
            if (!entry.Outcome.TrySetResult(decision) && decision.Admitted)
                Leave(entry); // it has left meanwhile
        }
        catch (Exception error)
        {
            LogNotDecided(entry.Facts.Name, error);
            _queue.Remove(entry);
            entry.Outcome.TrySetException(error);
        }
    }

    // Who must have its turn first, or null. What becomes free between two decisions is for the first in the line that can use it, not for
    // the first that asks.
    private async Task<PendingStart?> FirstHarmedAsync(PendingStart entry, Occupant taker, CancellationToken cancellation)
    {
        foreach (var other in Before(entry).Where(other => !other.Outcome.Task.IsCompleted))
        {
            var others = _places.Occupants(other.Facts.ModelId);
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

    private IReadOnlyList<PendingStart> Before(PendingStart entry) => _queue.Before(entry, entry.Facts.QueuePriority, entry.Since);

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

    private void Tell(PendingStart entry, AdmissionDecision decision) =>
        entry.OnStage(new StartStage(StartWait.Pending, Words(decision), Before(entry).Count + 1));

    // Soon, or at the very end of a warm time or of somebody's patience.
    private TimeSpan UntilNextLook()
    {
        var pause = LookAgain;
        if (EvictionPlanner.NextWarm(_places.Occupants()) is { } warm && warm < pause)
            pause = warm;
        foreach (var entry in _queue.Items)
        {
            if (entry.Wish.Left is { } patience && patience < pause)
                pause = patience;
        }

        return pause > ShortestLook ? pause : ShortestLook;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Whether {Model} may start could not be decided")]
    private partial void LogNotDecided(string model, Exception error);
}
