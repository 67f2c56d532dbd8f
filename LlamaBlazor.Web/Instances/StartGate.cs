using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Resources;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Gives places to starts: one decision after the other, so that two cannot take the last one. Stopping others for a start and waiting for a place happen
/// outside of the decision and hold nobody else up.
/// </summary>
internal sealed class StartGate(AdmissionService admission, AllocationStore allocations, InstanceBoard board, ReadLoad readLoad, Lazy<InstanceSupervisor> supervisor, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan VramLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _decision = new(1, 1);
    private readonly Dictionary<long, Place> _places = []; // one a process that exists or is about to
    private string? _closed; // why nothing starts
    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Refuses all starts until the pause is disposed. A conflict while somebody holds a place, or another pause lasts.</summary>
    /// <param name="reason">Told to whoever wants one.</param>
    public Result<StartPause> Close(string reason)
    {
        lock (_gate)
        {
            if (_closed is { } other)
                return Failure.Conflict(other);
            if (_places.Count > 0)
                return Busy(_places.Values.Select(place => place.Facts.Name));
            _closed = reason;
        }

        return new StartPause(() => Volatile.Write(ref _closed, null));
    }

    /// <summary>Why the database cannot be replaced now.</summary>
    public static Failure Busy(IEnumerable<string> models) =>
        Failure.Conflict($"Models are running ({string.Join(", ", models.Take(3))}). Stop them first: the other database may not know them.");

    /// <summary>Those that hold a place, as planners see them; without one model, where it is named.</summary>
    public IReadOnlyList<Occupant> Occupants(long except = 0)
    {
        lock (_gate)
            return [.. _places.Values.Where(place => place.Facts.ModelId != except).Select(Describe)];
    }

    /// <summary>The idle time a model has of its own, or null.</summary>
    public long? TtlOf(long modelId)
    {
        lock (_gate)
            return _places.TryGetValue(modelId, out var place) ? place.Facts.TtlSeconds : null;
    }

    /// <summary>The GPUs a model was given, or null where its setting decides.</summary>
    public IReadOnlyList<string>? GpusOf(long modelId)
    {
        lock (_gate)
            return _places.TryGetValue(modelId, out var place) && place.Facts.GpuStrategy is not null ? place.Gpus : null;
    }

    /// <summary>Takes over what is set for a running model now: pin, idle time and project count at once.</summary>
    public void Refresh(InstanceFacts facts)
    {
        lock (_gate)
        {
            if (_places.TryGetValue(facts.ModelId, out var place))
                _places[facts.ModelId] = place with { Facts = place.Facts with { Pinned = facts.Pinned, TtlSeconds = facts.TtlSeconds, Project = facts.Project } };
        }
    }

    /// <summary>What a start would meet now; changes nothing.</summary>
    public async Task<AdmissionDecision> PreviewAsync(InstanceFacts facts, bool mayEvict, CancellationToken cancellation)
    {
        var demand = await admission.DemandAsync(facts, cancellation).ConfigureAwait(false);
        return (await DecideAsync(facts, demand, mayEvict, cancellation).ConfigureAwait(false)).Decision;
    }

    /// <summary>Takes a place, stopping others where that is allowed and needed. Given back by <see cref="Leave"/>.</summary>
    /// <param name="facts">The model.</param>
    /// <param name="wish">What it may do, and how long it waits.</param>
    /// <param name="onStage">Told what is waited for: pending or evicting, and why.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Failure?> EnterAsync(InstanceFacts facts, StartWish wish, Action<string, string?> onStage, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        var demand = await admission.DemandAsync(facts, cancellation).ConfigureAwait(false);
        while (true)
        {
            if (Volatile.Read(ref _closed) is { } reason)
                return Failure.Conflict($"'{facts.Name}' cannot be started now. {reason}");
            var released = Volatile.Read(ref _released).Task;
            var decision = await TryTakeAsync(facts, demand, wish, cancellation).ConfigureAwait(false);
            if (decision.Admitted)
            {
                if (decision.WouldEvict.Count == 0 || wish.Force)
                    return null;
                onStage("evicting", null);
                if (await EvictAsync(decision.WouldEvict, cancellation).ConfigureAwait(false) && await ChooseAgainAsync(facts, demand, cancellation).ConfigureAwait(false))
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

    private async Task<AdmissionDecision> TryTakeAsync(InstanceFacts facts, StartDemand demand, StartWish wish, CancellationToken cancellation)
    {
        await _decision.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var (decision, gpus) = await DecideAsync(facts, demand, wish.MayEvict, cancellation).ConfigureAwait(false);
            if (!decision.Admitted && !wish.Force)
                return decision;
            lock (_gate)
            {
                if (_closed is { } reason)
                    return new AdmissionDecision(false, [new AdmissionReason("maintenance", reason)], []);
                _places[facts.ModelId] = new Place(facts, demand, gpus.Devices); // first, for who takes GPUs without a place is taken for one that has gone
            }

            if (await TakeGpusAsync(facts, demand, gpus, cancellation).ConfigureAwait(false) is not { } taken || wish.Force)
                return decision with { Admitted = true };
            Leave(facts.ModelId);
            return new AdmissionDecision(false, [new AdmissionReason("gpu", taken.Message)], []);
        }
        finally
        {
            _decision.Release();
        }
    }

    // Those that stop hold no place any more, only their memory for a moment; those that load have not taken all of theirs yet.
    private Task<(AdmissionDecision Decision, GpuPlan Gpus)> DecideAsync(InstanceFacts facts, StartDemand demand, bool mayEvict, CancellationToken cancellation)
    {
        var all = Occupants(facts.ModelId);
        var stopping = all.Where(other => board.Find(other.ModelId)?.Status == "stopping").ToList();
        var others = all.Except(stopping).ToList();
        var freed = stopping.Sum(other => other.Memory) - others.Where(other => !other.IsRunning).Sum(other => other.Memory);
        return admission.DecideAsync(facts, demand, mayEvict, others, freed, cancellation);
    }

    // True once all of them have ended.
    private async Task<bool> EvictAsync(IReadOnlyList<long> victims, CancellationToken cancellation)
    {
        var results = await Task.WhenAll(victims.Select(victim => supervisor.Value.EvictAsync(victim, cancellation))).ConfigureAwait(false);
        return results.All(ended => ended);
    }

    // Where GPUs count, those that are free after an eviction may be others than before, and the driver frees their memory a moment after the process has gone.
    private async Task<bool> ChooseAgainAsync(InstanceFacts facts, StartDemand demand, CancellationToken cancellation)
    {
        if (demand.Devices.Count == 0 && demand.Gpus.Named.Count == 0)
            return true;
        for (var started = clock.GetTimestamp(); ;)
        {
            var gpus = await admission.PlanGpusAsync(facts, demand, Occupants(facts.ModelId), cancellation).ConfigureAwait(false);
            if (gpus is { Reasons.Count: 0, Missing: 0 } && await TakeGpusAsync(facts, demand, gpus, cancellation).ConfigureAwait(false) is null)
            {
                lock (_gate)
                    _places[facts.ModelId] = new Place(facts, demand, gpus.Devices);
                return true;
            }

            if (clock.GetElapsedTime(started) >= VramLimit)
                return false;
            await Task.Delay(LookAgain, clock, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<Failure?> TakeGpusAsync(InstanceFacts facts, StartDemand demand, GpuPlan gpus, CancellationToken cancellation) =>
        gpus.Devices is { Count: > 0 } devices ? await allocations.TakeAsync(facts.ModelId, facts.Name, devices, facts.IsGpuExclusive, demand.Vram, cancellation).ConfigureAwait(false) : null;

    private Occupant Describe(Place place)
    {
        var facts = place.Facts;
        var snapshot = board.Find(facts.ModelId);
        var load = readLoad(facts.ModelId);
        return new Occupant(facts.ModelId, facts.Name, facts.Project, place.Demand.Memory, snapshot?.Status == "running", load.Busy + load.Waiting > 0, facts.Pinned, snapshot?.ReadyAt, load.LastCompletedAt)
        {
            Vram = place.Demand.Vram,
            Cores = place.Demand.Cores,
            Gpus = place.Gpus?.Count ?? 0,
        };
    }

    private sealed record Place(InstanceFacts Facts, StartDemand Demand, IReadOnlyList<string>? Gpus);
}
