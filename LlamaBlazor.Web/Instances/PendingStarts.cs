using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Instances.Admission;

namespace LlamaBlazor.Web.Instances;

/// <summary>What a start is told to do, until it has its place: a later word replaces an earlier one.</summary>
internal sealed class CurrentStartOptions(StartOptions wish, TimeProvider clock)
{
    private volatile Word _word = new(wish, clock.GetTimestamp());

    /// <summary>The word of now.</summary>
    public StartOptions Value => _word.Wish;

    /// <summary>True when it waits no longer.</summary>
    public bool IsOverdue => Left <= TimeSpan.Zero;

    /// <summary>How long it still waits; null for as long as somebody wants it.</summary>
    public TimeSpan? Left => _word is { Wish.Wait: { } wait } word ? wait - clock.GetElapsedTime(word.At) : null;

    /// <summary>Says something else; waiting begins anew.</summary>
    public void Replace(StartOptions wish) => _word = new Word(wish, clock.GetTimestamp());

    private sealed record Word(StartOptions Wish, long At);
}

/// <summary>What a start waits for.</summary>
/// <param name="Wait">What it waits for.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="Place">Its place in the line from 1, or null.</param>
internal sealed record StartStage(StartWait Wait, string? Reason = null, int? Place = null);

/// <summary>A start that waits for its place.</summary>
/// <param name="Facts">The model.</param>
/// <param name="Demand">What it needs.</param>
/// <param name="Wish">What it may do, and how long it waits.</param>
/// <param name="OnStage">Told what is waited for.</param>
/// <param name="Since">When it began to wait, by the clock that never goes back.</param>
internal sealed record PendingStart(
    InstanceDefinition Facts,
    StartDemand Demand,
    CurrentStartOptions Wish,
    Action<StartStage> OnStage,
    long Since
)
{
    /// <summary>Given its place, or refused it.</summary>
    public TaskCompletionSource<AdmissionDecision> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
