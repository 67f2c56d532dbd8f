namespace LlamaBlazor.Domain.Instances;

/// <summary>What can happen to an instance.</summary>
public abstract record InstanceEvent
{
    private InstanceEvent() { }

    /// <summary>Somebody wants it to run.</summary>
    public sealed record StartRequested : InstanceEvent;

    /// <summary>Somebody wants it to end; nothing is tried again.</summary>
    public sealed record StopRequested : InstanceEvent;

    /// <summary>Somebody wants it to end and to run again, with the settings of now.</summary>
    public sealed record RestartRequested : InstanceEvent;

    /// <summary>Its process exists.</summary>
    public sealed record Launched : InstanceEvent;

    /// <summary>No process could be made, for a reason that another attempt does not mend.</summary>
    /// <param name="Reason">The words for people.</param>
    public sealed record LaunchFailed(string Reason) : InstanceEvent;

    /// <summary>What it waits for before its process is made has changed.</summary>
    public sealed record StageChanged : InstanceEvent;

    /// <summary>There is no place for it now: it has not failed, it was not begun.</summary>
    /// <param name="Reason">The words for people.</param>
    public sealed record Refused(string Reason) : InstanceEvent;

    /// <summary>It answered <c>/health</c> with 200.</summary>
    public sealed record BecameReady : InstanceEvent;

    /// <summary>Its process has ended.</summary>
    /// <param name="Outcome">How, and why as far as it can be told.</param>
    public sealed record Exited(StartOutcome Outcome) : InstanceEvent;

    /// <summary>It was not ready within the limit.</summary>
    /// <param name="Reason">The words for people.</param>
    public sealed record StartLimitReached(string Reason) : InstanceEvent;

    /// <summary>It lives but no longer works: the watchdog's probes failed.</summary>
    /// <param name="Reason">The words for people.</param>
    public sealed record Hung(string Reason) : InstanceEvent;

    /// <summary>The pause before the next attempt is over.</summary>
    public sealed record BackoffElapsed : InstanceEvent;
}
