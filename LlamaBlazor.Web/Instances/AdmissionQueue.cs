using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>Stops a model for another one, unless a request has come meanwhile. True once its process is gone.</summary>
internal delegate Task<bool> EvictModel(long modelId, CancellationToken cancellation);

/// <summary>
/// Gives places to starts: one decision after the other, so that two cannot take the last one. Those without a place wait in a line.
/// Stopping others for a
/// start happens outside of the decision and holds nobody else up.
/// </summary>
internal sealed partial class AdmissionQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _decision = new(1, 1);
    private readonly Dictionary<long, Reservation> _reservations = []; // one a process that exists or is about to
    private readonly AdmissionService _admission;
    private readonly AllocationStore _allocations;
    private readonly InstanceRegistry _board;
    private readonly ReadLoad _readLoad;
    private readonly EvictModel _evict;
    private readonly IOptionsMonitor<InstanceOptions> _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<AdmissionQueue> _logger;
    private string? _closed; // why nothing starts

    /// <summary>Makes the gate; a model that becomes idle moves the line.</summary>
    public AdmissionQueue(
        AdmissionService admission,
        AllocationStore allocations,
        InstanceRegistry board,
        ReadLoad readLoad,
        LoadSignal signal,
        EvictModel evict,
        IOptionsMonitor<InstanceOptions> options,
        TimeProvider clock,
        ILogger<AdmissionQueue> logger
    )
    {
        (_admission, _allocations, _board, _readLoad, _evict, _options, _clock, _logger) = (
            admission,
            allocations,
            board,
            readLoad,
            evict,
            options,
            clock,
            logger
        );
        signal.Listen(Wake);
    }

    /// <summary>Why nothing starts now, or null.</summary>
    public string? Closed => Volatile.Read(ref _closed);

    /// <summary>Refuses all starts until the pause is disposed. A conflict while somebody holds a place, or another pause lasts.</summary>
    /// <param name="reason">Told to whoever wants one.</param>
    public Result<StartPause> Close(string reason)
    {
        lock (_gate)
        {
            if (_closed is { } other)
                return Failure.Conflict(other);
            if (_reservations.Count > 0)
                return Busy(_reservations.Values.Select(place => place.Facts.Name));
            _closed = reason;
        }

        return new StartPause(() => Volatile.Write(ref _closed, null));
    }

    /// <summary>Why the database cannot be replaced now.</summary>
    public static Failure Busy(IEnumerable<string> models) =>
        Failure.Conflict(
            $"Models are running ({string.Join(", ", models.Take(3))}). Stop them first: the other database may not know them."
        );

    /// <summary>Those that hold a place, as planners see them; without one model, where it is named.</summary>
    public IReadOnlyList<Occupant> Occupants(long except = 0)
    {
        lock (_gate)
            return [.. _reservations.Values.Where(place => place.Facts.ModelId != except).Select(Describe)];
    }

    /// <summary>The idle time a model has of its own, or null.</summary>
    public long? TtlOf(long modelId)
    {
        lock (_gate)
            return _reservations.TryGetValue(modelId, out var place) ? place.Facts.TtlSeconds : null;
    }

    /// <summary>The GPUs a model was given, as its engine names them; null where its setting says the same.</summary>
    public IReadOnlyList<string>? GpusOf(long modelId)
    {
        lock (_gate)
            return
                _reservations.TryGetValue(modelId, out var place)
                && place.Gpus.Devices is { } devices
                && (place.Facts.GpuStrategy is not null || !devices.SequenceEqual(place.Demand.Gpus.Named))
                ? devices
                : null;
    }

    /// <summary>The cards a model was given; empty where its engine chooses among all.</summary>
    public IReadOnlyList<string> CardsOf(long modelId)
    {
        lock (_gate)
            return _reservations.TryGetValue(modelId, out var place) ? place.Gpus.Cards ?? [] : [];
    }

    /// <summary>Takes over what is set for a running model now: pin, idle time and project count at once.</summary>
    public void Refresh(InstanceDefinition facts)
    {
        lock (_gate)
        {
            if (!_reservations.TryGetValue(facts.ModelId, out var place))
                return;
            _reservations[facts.ModelId] = place with
            {
                Facts = place.Facts with { Pinned = facts.Pinned, TtlSeconds = facts.TtlSeconds, Project = facts.Project },
            };
        }

        Refreshed?.Invoke();
    }

    /// <summary>Tells that what is set for a running model was taken over.</summary>
    public event Action? Refreshed;

    /// <summary>What a start would meet now; changes nothing.</summary>
    public async Task<AdmissionDecision> PreviewAsync(InstanceDefinition facts, bool mayEvict, CancellationToken cancellation)
    {
        var demand = await _admission.DemandAsync(facts, cancellation).ConfigureAwait(false);
        var entry = new PendingStart(
            facts,
            demand,
            new CurrentStartOptions(StartOptions.Now with { MayEvict = mayEvict }, _clock),
            _ => { },
            _clock.GetTimestamp()
        );
        return (await DecideInTurnAsync(entry, cancellation).ConfigureAwait(false)).Decision;
    }

    /// <summary>Takes a place, stopping others where that is allowed and needed. Given back by <see cref="Leave(long)"/>.</summary>
    /// <param name="facts">The model.</param>
    /// <param name="wish">What it may do, and how long it waits; may change while it waits.</param>
    /// <param name="onStage">Told what is waited for.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Failure?> EnterAsync(
        InstanceDefinition facts,
        CurrentStartOptions wish,
        Action<StartStage> onStage,
        CancellationToken cancellation
    )
    {
        var since = _clock.GetTimestamp();
        var demand = await _admission.DemandAsync(facts, cancellation).ConfigureAwait(false);
        while (true)
        {
            if (Closed is { } reason)
                return Failure.Conflict($"'{facts.Name}' cannot be started now. {reason}");
            var entry = new PendingStart(facts, demand, wish, onStage, since);
            var (decision, isFinal) = await TryTakeOnceAsync(entry, cancellation).ConfigureAwait(false);
            if (!isFinal)
                decision = await WaitAsync(entry, decision, cancellation).ConfigureAwait(false);
            if (!decision.Admitted)
                return Refusal(facts, decision);
            if (decision.IsImmediate)
                return null;
            onStage(new StartStage(StartWait.Evicting));
            var isFree =
                await EvictAsync([.. decision.WouldEvict, .. decision.Awaits], cancellation).ConfigureAwait(false)
                && await SettleAsync(entry, cancellation).ConfigureAwait(false);
            if (isFree || wish.Value.Force)
                return null;
            Leave(facts.ModelId); // one of them was needed again, or what it left is not free: look for another way
        }
    }

    /// <summary>Gives a place back; a model without one is no error.</summary>
    public void Leave(long modelId)
    {
        lock (_gate)
        {
            if (!_reservations.Remove(modelId))
                return;
        }

        Wake();
    }

    /// <summary>Gives back the place that one start took: by now, another start of the model may have one.</summary>
    public void Leave(PendingStart entry)
    {
        lock (_gate)
        {
            if (
                !_reservations.TryGetValue(entry.Facts.ModelId, out var place)
                || !ReferenceEquals(place.Demand, entry.Demand)
                || !_reservations.Remove(entry.Facts.ModelId)
            )
                return;
        }

        Wake();
    }

    /// <inheritdoc/>
    public void Dispose() => _decision.Dispose();

    private static Failure Refusal(InstanceDefinition facts, AdmissionDecision decision) =>
        new(
            FailureKind.Conflict,
            $"'{facts.Name}' cannot be started {(decision.IsNever ? "on this machine with its settings" : "now")}. {Words(decision)}",
            decision
                .Reasons.GroupBy(reason => reason.Code)
                .ToDictionary(group => group.Key, group => group.Select(reason => reason.Message).ToArray())
        );

    private static string Words(AdmissionDecision decision) => string.Join(' ', decision.Reasons.Select(reason => reason.Message));

    // A refusal is final where its options had no patience left before it was decided. Options that were replaced meanwhile (force, or less
    // patience) count at the next look: the decision knew nothing of them.
    private async Task<(AdmissionDecision Decision, bool IsFinal)> TryTakeOnceAsync(PendingStart entry, CancellationToken cancellation)
    {
        var (wish, isLast) = (entry.Wish.Value, entry.Wish.IsOverdue);
        var decision = await TryTakeAsync(entry, cancellation).ConfigureAwait(false);
        return (decision, decision.Admitted || (entry.Wish.Value == wish && (decision.IsNever || isLast)));
    }

    private async Task<AdmissionDecision> TryTakeAsync(PendingStart entry, CancellationToken cancellation)
    {
        var (facts, demand, wish) = (entry.Facts, entry.Demand, entry.Wish.Value);
        await _decision.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var (decision, gpus) = await DecideInTurnAsync(entry, cancellation).ConfigureAwait(false);
            if (!decision.Admitted && !wish.Force)
                return decision;
            // First the place, for who takes GPUs without one is taken for one that has gone.
            if (TryPut(facts, demand, gpus.Answer(Victims(decision))) is { } closed)
                return new AdmissionDecision(false, [new AdmissionReason("maintenance", closed)], []);
            decision = decision with { Admitted = true };
            foreach (var warning in decision.Warnings)
                LogWarned(facts.Name, warning.Message);
            if (
                !decision.IsImmediate
                || await TakeGpusAsync(facts, gpus.Answer([]), cancellation).ConfigureAwait(false) is not { } taken
                || wish.Force
            )
                return decision;
            Leave(facts.ModelId);
            return new AdmissionDecision(false, [new AdmissionReason("gpu", taken.Message)], []);
        }
        finally
        {
            _decision.Release();
        }
    }

    // What speaks against it by itself, or else whose turn comes before.
    private async Task<(AdmissionDecision Decision, GpuQuestion Gpus)> DecideInTurnAsync(PendingStart entry, CancellationToken cancellation)
    {
        var (decision, gpus) = await DecideAsync(entry, entry.Wish.Value.MayEvict, Occupants(entry.Facts.ModelId), cancellation)
            .ConfigureAwait(false);
        if (!decision.Admitted || _line.IsEmpty)
            return (decision, gpus);
        var taker = Describe(new Reservation(entry.Facts, entry.Demand, gpus.Answer(Victims(decision))));
        if (await FirstHarmedAsync(entry, taker, cancellation).ConfigureAwait(false) is { Facts.Name: var first })
            decision = new AdmissionDecision(
                false,
                [
                    new AdmissionReason(
                        "line",
                        $"'{first}' is before it in the line and gets the next place. Wait for that, or stop '{first}'."
                    ),
                ],
                []
            );
        return (decision, gpus);
    }

    // Those that load have not taken all of their memory yet.
    private Task<(AdmissionDecision Decision, GpuQuestion Gpus)> DecideAsync(
        PendingStart entry,
        bool mayEvict,
        IReadOnlyList<Occupant> others,
        CancellationToken cancellation
    ) =>
        _admission.DecideAsync(
            entry.Facts,
            entry.Demand,
            mayEvict,
            others,
            others.Where(other => other is { IsRunning: false, IsStopping: false }).Sum(other => other.Memory),
            cancellation
        );

    private List<Occupant> Victims(AdmissionDecision decision) =>
        [.. Occupants().Where(other => decision.WouldEvict.Contains(other.ModelId) || decision.Awaits.Contains(other.ModelId))];

    // Why there are no places now, or null: it has one.
    private string? TryPut(InstanceDefinition facts, StartDemand demand, GpuPlan gpus)
    {
        lock (_gate)
        {
            if (_closed is null)
                _reservations[facts.ModelId] = new Reservation(facts, demand, gpus);
            return _closed;
        }
    }

    private void Put(InstanceDefinition facts, StartDemand demand, GpuPlan gpus)
    {
        lock (_gate)
            _reservations[facts.ModelId] = new Reservation(facts, demand, gpus);
    }

    private async Task<Failure?> TakeGpusAsync(InstanceDefinition facts, GpuPlan gpus, CancellationToken cancellation) =>
        gpus.Shares is { Count: > 0 } shares
            ? await _allocations.TakeAsync(facts.ModelId, facts.Name, shares, facts.IsGpuExclusive, cancellation).ConfigureAwait(false)
            : null;

    private Occupant Describe(Reservation place)
    {
        var facts = place.Facts;
        var snapshot = _board.Find(facts.ModelId);
        var load = _readLoad(facts.ModelId);
        return new Occupant(
            facts.ModelId,
            facts.Name,
            facts.Project,
            place.Demand.Memory,
            snapshot?.Phase is InstancePhase.Running,
            load.Busy > 0,
            facts.Pinned,
            snapshot?.ReadyAt,
            load.LastCompletedAt
        )
        {
            IsStopping = snapshot?.Phase is InstancePhase.Stopping,
            LastSucceededAt = load.LastSucceededAt,
            MinimumWarm = _options.CurrentValue.MinimumWarm,
            Vram = place.Demand.Vram,
            Cores = place.Demand.Cores,
            Cards = place.Gpus.Cards,
            Shares = place.Gpus.Shares,
            IsGpuExclusive = facts.IsGpuExclusive,
        };
    }

    private sealed record Reservation(InstanceDefinition Facts, StartDemand Demand, GpuPlan Gpus);
}
