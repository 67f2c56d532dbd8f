using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Resources;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Gives places to starts: one decision after the other, so that two cannot take the last one. Stopping others for a start and waiting for a place happen
/// outside of the decision and hold nobody else up.
/// </summary>
internal sealed class StartGate(AdmissionService admission, InstanceBoard board, ReadLoad readLoad, Lazy<InstanceSupervisor> supervisor, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _decision = new(1, 1);
    private readonly Dictionary<long, (InstanceFacts Facts, long Memory)> _places = []; // one a process that exists or is about to
    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Those that hold a place, as planners see them; without one model, where it is named.</summary>
    public IReadOnlyList<Occupant> Occupants(long except = 0)
    {
        lock (_gate)
            return [.. _places.Values.Where(place => place.Facts.ModelId != except).Select(place => Describe(place.Facts, place.Memory))];
    }

    /// <summary>The idle time a model has of its own, or null.</summary>
    public long? TtlOf(long modelId)
    {
        lock (_gate)
            return _places.TryGetValue(modelId, out var place) ? place.Facts.TtlSeconds : null;
    }

    /// <summary>What a start would meet now; changes nothing.</summary>
    public async Task<AdmissionDecision> PreviewAsync(InstanceFacts facts, bool mayEvict, CancellationToken cancellation)
    {
        var memory = await admission.MemoryOfAsync(facts.ModelId, cancellation).ConfigureAwait(false);
        return await DecideAsync(facts, memory, mayEvict, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes a place, stopping others where that is allowed and needed. Given back by <see cref="Leave"/>.</summary>
    /// <param name="facts">The model.</param>
    /// <param name="wish">What it may do, and how long it waits.</param>
    /// <param name="onStage">Told what is waited for: pending or evicting, and why.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Failure?> EnterAsync(InstanceFacts facts, StartWish wish, Action<string, string?> onStage, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        var memory = await admission.MemoryOfAsync(facts.ModelId, cancellation).ConfigureAwait(false);
        while (true)
        {
            var released = Volatile.Read(ref _released).Task;
            var decision = await TryTakeAsync(facts, memory, wish, cancellation).ConfigureAwait(false);
            if (decision.Admitted)
            {
                if (decision.WouldEvict.Count == 0 || wish.Force)
                    return null;
                onStage("evicting", null);
                if (await EvictAsync(decision.WouldEvict, cancellation).ConfigureAwait(false))
                    return null;
                Leave(facts.ModelId); // one of them was needed again: look for another way
                continue;
            }

            if (wish.Wait is { } patience && clock.GetElapsedTime(started) >= patience)
                return Refusal(facts, decision);
            onStage("pending", string.Join(' ', decision.Reasons.Select(reason => reason.Message)));
            await Task.WhenAny(released, Task.Delay(LookAgain, clock, cancellation)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Gives a place back; a model without one is no error.</summary>
    public void Leave(long modelId)
    {
        lock (_gate)
        {
            if (!_places.Remove(modelId))
                return;
        }

        Interlocked.Exchange(ref _released, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <inheritdoc/>
    public void Dispose() => _decision.Dispose();

    private static Failure Refusal(InstanceFacts facts, AdmissionDecision decision) => new(
        FailureKind.Conflict,
        $"'{facts.Name}' cannot be started now. {string.Join(' ', decision.Reasons.Select(reason => reason.Message))}",
        decision.Reasons.GroupBy(reason => reason.Code).ToDictionary(group => group.Key, group => group.Select(reason => reason.Message).ToArray()));

    private async Task<AdmissionDecision> TryTakeAsync(InstanceFacts facts, long memory, StartWish wish, CancellationToken cancellation)
    {
        await _decision.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var decision = wish.Force ? new AdmissionDecision(true, [], []) : await DecideAsync(facts, memory, wish.MayEvict, cancellation).ConfigureAwait(false);
            if (decision.Admitted)
            {
                lock (_gate)
                    _places[facts.ModelId] = (facts, memory);
            }

            return decision;
        }
        finally
        {
            _decision.Release();
        }
    }

    // Those that stop hold no place any more, only their memory for a moment; those that load have not taken all of theirs yet.
    private Task<AdmissionDecision> DecideAsync(InstanceFacts facts, long memory, bool mayEvict, CancellationToken cancellation)
    {
        var all = Occupants(facts.ModelId);
        var stopping = all.Where(other => board.Find(other.ModelId)?.Status == "stopping").ToList();
        var others = all.Except(stopping).ToList();
        var freed = stopping.Sum(other => other.Memory) - others.Where(other => !other.IsRunning).Sum(other => other.Memory);
        return admission.DecideAsync(facts, memory, mayEvict, others, freed, cancellation);
    }

    // True once all of them have ended.
    private async Task<bool> EvictAsync(IReadOnlyList<long> victims, CancellationToken cancellation)
    {
        var results = await Task.WhenAll(victims.Select(victim => supervisor.Value.EvictAsync(victim, cancellation))).ConfigureAwait(false);
        return results.All(ended => ended);
    }

    private Occupant Describe(InstanceFacts facts, long memory)
    {
        var snapshot = board.Find(facts.ModelId);
        var load = readLoad(facts.ModelId);
        return new Occupant(facts.ModelId, facts.Name, facts.Project, memory, snapshot?.Status == "running", load.Busy + load.Waiting > 0, facts.Pinned, snapshot?.ReadyAt, load.LastCompletedAt);
    }
}
