using static LlamaBlazor.Domain.Instances.InstanceEvent;

namespace LlamaBlazor.Domain.Instances;

/// <summary>What the actor must do after a transition.</summary>
public enum InstanceEffect
{
    /// <summary>Make a process.</summary>
    Launch,

    /// <summary>End the process: ask, wait, force. Also gives up a launch under way.</summary>
    Terminate,

    /// <summary>Wake up with <see cref="BackoffElapsed"/> after <see cref="InstanceState.Pause"/>.</summary>
    ScheduleRetry,

    /// <summary>Forget the wake-up.</summary>
    CancelRetry,
}

/// <summary>All that decides what an instance does next.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="Failures">Failures that count against the next attempt.</param>
/// <param name="StartAgain">While stopping: start again once it has ended.</param>
/// <param name="Reason">Why it failed last, or null.</param>
/// <param name="ReadyAt">When it became ready, by the monotonic clock.</param>
/// <param name="FailedAt">When it failed last, by the monotonic clock.</param>
/// <param name="Pause">Until the next attempt.</param>
/// <param name="LostPorts">Launches in a row that found their port taken.</param>
public sealed record InstanceState(
    InstancePhase Phase,
    FailureCount Failures,
    bool StartAgain = false,
    string? Reason = null,
    TimeSpan? ReadyAt = null,
    TimeSpan? FailedAt = null,
    TimeSpan Pause = default,
    int LostPorts = 0
)
{
    /// <summary>Never started.</summary>
    public static InstanceState Initial { get; } = new(InstancePhase.Stopped, FailureCount.None);
}

/// <summary>A state and what to do on entering it, in this order.</summary>
/// <param name="State">The new state.</param>
/// <param name="Effects">At most two.</param>
public sealed record InstanceTransition(InstanceState State, IReadOnlyList<InstanceEffect> Effects);

/// <summary>
/// The life of one instance as a pure function: state and event give state and effects. Every pair is defined; an event that has lost its
/// meaning (a late answer) changes nothing.
/// </summary>
public static class InstanceLifecycle
{
    // A time-of-check to time-of-use race: a port that was free when it was chosen may be another program's, or the local end of somebody's
    // connection, when the engine binds it. That is no failure of the engine's.
    private const int MaxLostPorts = 3;

    /// <summary>The next state.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="happened">The event.</param>
    /// <param name="policy">What to do about failures.</param>
    /// <param name="now">Time of the monotonic clock.</param>
    public static InstanceTransition Apply(InstanceState state, InstanceEvent happened, RestartPolicy policy, TimeSpan now) =>
        happened switch
        {
            StartRequested => OnStart(state),
            StopRequested => OnStop(state),
            RestartRequested => OnRestart(state),
            Launched => state.Phase is InstancePhase.Stopping ? new(state, [InstanceEffect.Terminate]) : Unchanged(state),
            LaunchFailed failed => OnLaunchFailed(state, failed.Reason, policy, now),
            StageChanged => Unchanged(state),
            Refused refused => state.Phase is InstancePhase.Loading
                ? To(Fresh(state) with { Reason = refused.Reason }, InstancePhase.Stopped)
                : OnLaunchFailed(state, refused.Reason, policy, now),
            BecameReady => state.Phase is InstancePhase.Loading
                ? To(state with { ReadyAt = now, Reason = null, LostPorts = 0 }, InstancePhase.Running)
                : Unchanged(state),
            Exited exited => OnExit(state, exited.Outcome, policy, now),
            StartLimitReached limit => OnTrouble(state, InstancePhase.Loading, limit.Reason, again: false),
            Hung hung => OnTrouble(state, InstancePhase.Running, hung.Reason, again: true),
            BackoffElapsed => state.Phase is InstancePhase.Backoff
                ? To(state, InstancePhase.Loading, InstanceEffect.Launch)
                : Unchanged(state),
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "An event without a rule"),
        };

    private static InstanceTransition OnStart(InstanceState state) =>
        state.Phase switch
        {
            InstancePhase.Stopped or InstancePhase.Failed => To(Fresh(state), InstancePhase.Loading, InstanceEffect.Launch),
            InstancePhase.Backoff => To(Fresh(state), InstancePhase.Loading, InstanceEffect.CancelRetry, InstanceEffect.Launch),
            InstancePhase.Stopping => Unchanged(Fresh(state) with { StartAgain = true }),
            _ => Unchanged(state),
        };

    private static InstanceTransition OnStop(InstanceState state) =>
        state.Phase switch
        {
            InstancePhase.Loading or InstancePhase.Running => To(
                state with
                {
                    StartAgain = false,
                    Reason = null,
                },
                InstancePhase.Stopping,
                InstanceEffect.Terminate
            ),
            InstancePhase.Stopping => Unchanged(state with { StartAgain = false, Reason = null, FailedAt = null }),
            InstancePhase.Backoff => To(Fresh(state), InstancePhase.Stopped, InstanceEffect.CancelRetry),
            InstancePhase.Failed => To(Fresh(state), InstancePhase.Stopped),
            _ => Unchanged(state),
        };

    private static InstanceTransition OnRestart(InstanceState state) =>
        state.Phase is InstancePhase.Loading or InstancePhase.Running
            ? To(Fresh(state) with { StartAgain = true }, InstancePhase.Stopping, InstanceEffect.Terminate)
            : OnStart(state);

    private static InstanceTransition OnLaunchFailed(InstanceState state, string reason, RestartPolicy policy, TimeSpan now) =>
        state.Phase switch
        {
            InstancePhase.Loading => To(state with { Reason = reason, FailedAt = now }, InstancePhase.Failed),
            // whoever looked after it failed, and has ended it
            InstancePhase.Running => Retry(state, policy.AfterCrash(state.Failures, state.ReadyAt, now), reason, now),
            InstancePhase.Stopping => Ended(state),
            _ => Unchanged(state),
        };

    // A process that must be ended because it does not work. It ends like one that was stopped, but the reason stays, and counts when it
    // has gone.
    private static InstanceTransition OnTrouble(InstanceState state, InstancePhase phase, string reason, bool again) =>
        state.Phase == phase
            ? To(state with { Reason = reason, StartAgain = again }, InstancePhase.Stopping, InstanceEffect.Terminate)
            : Unchanged(state);

    private static InstanceTransition OnExit(InstanceState state, StartOutcome outcome, RestartPolicy policy, TimeSpan now) =>
        state.Phase switch
        {
            InstancePhase.Stopping when state.Reason is { } trouble => state.StartAgain
                ? Retry(state with { StartAgain = false }, policy.AfterCrash(state.Failures, state.ReadyAt, now), trouble, now)
                : To(state with { FailedAt = now, ReadyAt = null }, InstancePhase.Failed),
            InstancePhase.Stopping => Ended(state),
            InstancePhase.Loading when outcome.IsPortTaken && state.LostPorts < MaxLostPorts => To(
                state with
                {
                    LostPorts = state.LostPorts + 1,
                },
                InstancePhase.Loading,
                InstanceEffect.Launch
            ),
            InstancePhase.Loading => Retry(
                state,
                outcome.IsRefusal ? RestartDecision.GiveUp : policy.AfterFailedStart(state.Failures),
                outcome.Reason,
                now
            ),
            InstancePhase.Running when policy.IsOrderlyEnd(outcome.ExitCode) => To(
                Fresh(state) with
                {
                    Reason = outcome.Reason,
                },
                InstancePhase.Stopped
            ),
            InstancePhase.Running => Retry(state, policy.AfterCrash(state.Failures, state.ReadyAt, now), outcome.Reason, now),
            _ => Unchanged(state),
        };

    private static InstanceTransition Ended(InstanceState state) =>
        state.StartAgain ? To(Fresh(state), InstancePhase.Loading, InstanceEffect.Launch) : To(Fresh(state), InstancePhase.Stopped);

    private static InstanceTransition Retry(InstanceState state, RestartDecision decision, string reason, TimeSpan now)
    {
        var failed = state with { Reason = reason, FailedAt = now, ReadyAt = null, Failures = decision.Failures, Pause = decision.Pause };
        return decision.IsRetry ? To(failed, InstancePhase.Backoff, InstanceEffect.ScheduleRetry) : To(failed, InstancePhase.Failed);
    }

    private static InstanceState Fresh(InstanceState state) => InstanceState.Initial with { Phase = state.Phase };

    private static InstanceTransition To(InstanceState state, InstancePhase phase, params IReadOnlyList<InstanceEffect> effects) =>
        new(state with { Phase = phase }, effects);

    private static InstanceTransition Unchanged(InstanceState state) => new(state, []);
}
