namespace LlamaBlazor.Domain.Proxy;

/// <summary>What the swap decision needs to know of one model.</summary>
/// <param name="ModelId">The model.</param>
/// <param name="IsRunning">Whether its engine answers.</param>
/// <param name="Waiting">Requests that wait for it.</param>
/// <param name="OldestWait">How long the first of them has waited.</param>
/// <param name="WarmFor">How long its engine has been ready.</param>
public readonly record struct SwapCandidate(long ModelId, bool IsRunning, int Waiting, TimeSpan OldestWait, TimeSpan WarmFor)
{
    /// <summary>Whether its start waits for a place that others hold. One that loads, or pauses after a failure, takes nothing from
    /// them.</summary>
    public bool IsBlocked { get; init; }

    /// <summary>Whether it is never stopped for another: closing it would help nobody.</summary>
    public bool IsPinned { get; init; }
}

/// <summary>
/// Keeps models that share a machine from evicting each other for every request. Requests of the model that runs go first (a batch), until
/// somebody
/// else has starved; then the running one lets no new request through, runs dry, and can be evicted. A model that has just become ready is
/// left
/// in peace for a while, here as by the planner of evictions.
/// </summary>
/// <param name="StarvationLimit">Longest wait of another model before the running one is drained.</param>
/// <param name="MinimumWarm">Shortest time a model answers before it is drained.</param>
public sealed record SwapPolicy(TimeSpan StarvationLimit, TimeSpan MinimumWarm)
{
    /// <summary>Whether a running model should let no new request through, so that a starving one can take its place.</summary>
    /// <param name="model">The running model.</param>
    /// <param name="others">All others.</param>
    public bool ShouldDrain(SwapCandidate model, IEnumerable<SwapCandidate> others) =>
        model.IsRunning
        && !model.IsPinned
        && model.WarmFor >= MinimumWarm
        && others.Any(other =>
            other.ModelId != model.ModelId && other.IsBlocked && other.Waiting > 0 && other.OldestWait >= StarvationLimit
        );
}
