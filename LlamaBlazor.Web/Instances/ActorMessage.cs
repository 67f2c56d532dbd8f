using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Web.Instances;

/// <summary>What an actor is told: by people and the proxy (with a reply), by its own run, or by its own timer.</summary>
/// <param name="Event">What happened, or null for a wish to be told when it is ready.</param>
/// <param name="Reply">Who waits for the answer.</param>
/// <param name="Facts">What is known of the model now; for commands.</param>
/// <param name="Source">The run that reports, to tell late reports of an earlier one.</param>
/// <param name="Wish">How a place is taken; for starts.</param>
/// <param name="OnlyIdle">Stops only where no request has come meanwhile.</param>
/// <param name="IsWithdrawn">Takes back the wish to be told when it is ready.</param>
/// <param name="IsNews">Only brings what is set for the model now.</param>
internal sealed record ActorMessage(
    InstanceEvent? Event,
    TaskCompletionSource<Result<InstanceSnapshot>>? Reply = null,
    InstanceDefinition? Facts = null,
    object? Source = null,
    StartOptions? Wish = null,
    bool OnlyIdle = false,
    bool IsWithdrawn = false,
    bool IsNews = false
);
