using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Web.Instances;

// Who waits for it, and what they want.
internal sealed partial class InstanceActor
{
    private Failure NoLongerCaredFor =>
        Failure.Unavailable($"'{_facts.Name}' is no longer looked after: the database was replaced, or the dashboard ends. Try again.");

    // A start that has no place yet is told what it may do now. False when that leads to no answer soon. Requests that wait too stay
    // patient.
    private bool TakeWish(StartOptions wish)
    {
        if (_run is not { Process: null })
            return true;
        if (_readyWaiters.IsAwaited && !wish.Force)
        {
            _wishBeside = wish; // counts once they have left
            return Stage is null;
        }

        ReplaceWish(wish);
        return Stage is null || wish.Force || wish.Wait == TimeSpan.Zero;
    }

    private void ReplaceWish(StartOptions wish)
    {
        (_wish, _wishBeside) = (wish, null);
        _run!.ReplaceWish(wish);
    }

    private void Withdraw(TaskCompletionSource<Result<InstanceSnapshot>> reply)
    {
        // Also one that has only begun to ask for its place: else it would wait for it, and load, for nobody.
        if (!_readyWaiters.RemoveLast(reply) || _wish != StartOptions.Patient || _run is not { Process: null })
            return;
        if (_wishBeside is { } wish)
            ReplaceWish(wish);
        else
            Apply(new InstanceEvent.StopRequested(), null);
    }

    private void AwaitReady(ActorMessage message)
    {
        if (_state.Phase is InstancePhase.Running)
            message.Reply!.TrySetResult(Snapshot());
        else if (_state.Phase is InstancePhase.Failed && !RestartPolicy.MayStartOnDemand(_state.FailedAt, Now()))
            message.Reply!.TrySetResult(
                Failure.Unavailable(
                    $"'{_facts.Name}' could not be started a moment ago: {_state.Reason} It is tried again in a minute, or at once "
                        + "with Start."
                )
            );
        else
            Join(message.Reply!);
    }

    private void Join(TaskCompletionSource<Result<InstanceSnapshot>> reply)
    {
        _readyWaiters.Add(reply);
        // One that is being ended because it does not work waits for its turn like after a crash: a request must not wipe the count of its
        // failures.
        if (
            _state.Phase is not (InstancePhase.Stopped or InstancePhase.Failed or InstancePhase.Stopping)
            || _state is { Phase: InstancePhase.Stopping, Reason: not null }
        )
            return;
        StartPatiently();
    }

    private void Answer(InstanceEvent happened, EngineRun? ended)
    {
        if (
            _launchWaiters.IsAwaited && _state.Phase is not InstancePhase.Loading
            || happened is InstanceEvent.Launched or InstanceEvent.StageChanged
        )
            _launchWaiters.Complete(ended?.Failure is { } failure ? failure : Snapshot());
        if (_state.Phase is InstancePhase.Running)
            _readyWaiters.Complete(Snapshot());
        else if (_state.Phase is InstancePhase.Failed)
            _readyWaiters.Complete(Failure.Unavailable($"'{_facts.Name}' could not be started: {_state.Reason}"));
        else if (_state is { Phase: InstancePhase.Stopped, Reason: { } refusal } && happened is InstanceEvent.Refused)
            AnswerRefused(refusal, ended);
        else if (_state.Phase is InstancePhase.Stopped)
            _readyWaiters.Complete(Failure.Unavailable($"'{_facts.Name}' was stopped while it was loading. Start it again."));
    }

    // A person's start was refused: requests that had joined it wait on. Their own would have waited: asked again at once, it would be
    // refused again, and again.
    private void AnswerRefused(string refusal, EngineRun? ended)
    {
        if (_readyWaiters.IsAwaited && ended is { IsPatient: false })
            StartPatiently();
        else
            _readyWaiters.Complete(Failure.Unavailable(refusal));
    }

    private void StartPatiently()
    {
        _wish = StartOptions.Patient;
        Apply(new InstanceEvent.StartRequested(), null);
    }
}
