using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Web.Instances;

/// <summary>What an actor is told: by people and the proxy, who wait for an answer, by its own run, or by its own timer.</summary>
internal abstract record ActorMessage;

/// <summary>A message whose sender waits for what the instance is then.</summary>
internal abstract record ActorRequest : ActorMessage
{
    /// <summary>The answer; set by <see cref="InstanceActor.AskAsync"/>.</summary>
    public TaskCompletionSource<Result<InstanceSnapshot>> Reply { get; init; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Start, answered when the process exists, waits for its place, or cannot be made.</summary>
/// <param name="Options">What it may do to others, and how patient it is.</param>
internal sealed record StartRequest(StartOptions Options) : ActorRequest
{
    /// <summary>What is set for the model now, where the sender has read it.</summary>
    public InstanceDefinition? Definition { get; init; }
}

/// <summary>Stop, then start again.</summary>
/// <param name="Options">As for a start.</param>
/// <param name="Definition">What is set for the model now.</param>
internal sealed record RestartRequest(StartOptions Options, InstanceDefinition Definition) : ActorRequest;

/// <summary>Stop; answered at once.</summary>
internal sealed record StopRequest : ActorRequest;

/// <summary>Stop, where no request has come meanwhile; else a conflict.</summary>
internal sealed record StopIdleRequest : ActorRequest;

/// <summary>The engine no longer works: end it, and start it again as its restart policy allows.</summary>
/// <param name="Reason">Why.</param>
internal sealed record HungReport(string Reason) : ActorRequest;

/// <summary>Answered when the instance is ready, which starts it where it is not.</summary>
/// <param name="Definition">What is set for the model now.</param>
internal sealed record ReadyRequest(InstanceDefinition Definition) : ActorRequest;

/// <summary>Takes a <see cref="ReadyRequest"/> back: nothing starts for one that has left.</summary>
/// <param name="Withdrawn">The answer it would have got.</param>
internal sealed record Withdrawal(TaskCompletionSource<Result<InstanceSnapshot>> Withdrawn) : ActorMessage;

/// <summary>What is set for the model has changed.</summary>
/// <param name="Definition">What is set now.</param>
internal sealed record DefinitionChanged(InstanceDefinition Definition) : ActorRequest;

/// <summary>What became of a run; of an earlier one it comes too late and counts no more.</summary>
/// <param name="Run">The run.</param>
/// <param name="Event">What happened.</param>
internal sealed record RunReport(EngineRun Run, InstanceEvent Event) : ActorMessage;

/// <summary>The pause before the next attempt is over.</summary>
/// <param name="Pause">Which; another one may have begun.</param>
internal sealed record RetryDue(CancellationTokenSource Pause) : ActorMessage;
