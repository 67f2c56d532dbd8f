using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Instances.Admission;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Gives places to starts: one decision after the other, so that two cannot take the last one. Those without a place wait in a
/// <see cref="PrioritizedQueue{T}"/>. Stopping others for a start happens outside of the decision and holds nobody else up.
/// </summary>
internal sealed partial class AdmissionQueue : IDisposable
{
    private readonly SemaphoreSlim _decision = new(1, 1);
    private readonly PrioritizedQueue<PendingStart> _queue;
    private readonly AdmissionService _admission;
    private readonly StartDemands _demands;
    private readonly Reservations _places;
    private readonly Evictions _evictions;
    private readonly TimeProvider _clock;
    private readonly ILogger<AdmissionQueue> _logger;

    /// <summary>Makes the queue; a model that becomes idle moves it.</summary>
    public AdmissionQueue(
        AdmissionService admission,
        StartDemands demands,
        Reservations places,
        LoadSignal signal,
        Evictions evictions,
        TimeProvider clock,
        ILogger<AdmissionQueue> logger
    )
    {
        (_admission, _demands, _places, _evictions, _clock, _logger) = (admission, demands, places, evictions, clock, logger);
        _queue = new PrioritizedQueue<PendingStart>(MaxWaiting, MoveAsync, clock, Breath);
        signal.Listen(Wake);
    }

    /// <summary>What a start would meet now; changes nothing.</summary>
    public async Task<AdmissionDecision> PreviewAsync(InstanceDefinition facts, bool mayEvict, CancellationToken cancellation)
    {
        var demand = await _demands.FindAsync(facts, cancellation).ConfigureAwait(false);
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
        var demand = await _demands.FindAsync(facts, cancellation).ConfigureAwait(false);
        while (true)
        {
            if (_places.Closed is { } reason)
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
                await _evictions.RunAsync([.. decision.WouldEvict, .. decision.Awaits], cancellation).ConfigureAwait(false)
                && await SettleAsync(entry, cancellation).ConfigureAwait(false);
            if (isFree || wish.Value.Force)
                return null;
            Leave(facts.ModelId); // one of them was needed again, or what it left is not free: look for another way
        }
    }

    /// <summary>Gives a place back; a model without one is no error.</summary>
    public void Leave(long modelId)
    {
        if (_places.Remove(modelId))
            Wake();
    }

    /// <summary>Gives back the place that one start took: by now, another start of the model may have one.</summary>
    public void Leave(PendingStart entry)
    {
        if (_places.Remove(entry))
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

    private static AdmissionDecision Refuse(string code, string message) => new(false, [new AdmissionReason(code, message)], []);

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
            if (_places.TryPut(facts, demand, gpus.Answer(Victims(decision))) is { } closed)
                return Refuse("maintenance", closed);
            decision = decision with { Admitted = true };
            foreach (var warning in decision.Warnings)
                LogWarned(facts.Name, warning.Message);
            if (
                !decision.IsImmediate
                || await _places.TakeGpusAsync(facts, gpus.Answer([]), cancellation).ConfigureAwait(false) is not { } taken
                || wish.Force
            )
                return decision;
            Leave(facts.ModelId);
            return Refuse("gpu", taken.Message);
        }
        finally
        {
            _decision.Release();
        }
    }

    // What speaks against it by itself, or else whose turn comes before.
    private async Task<(AdmissionDecision Decision, GpuQuestion Gpus)> DecideInTurnAsync(PendingStart entry, CancellationToken cancellation)
    {
        var (decision, gpus) = await DecideAsync(entry, entry.Wish.Value.MayEvict, _places.Occupants(entry.Facts.ModelId), cancellation)
            .ConfigureAwait(false);
        if (!decision.Admitted || _queue.IsEmpty)
            return (decision, gpus);
        var taker = _places.Describe(entry.Facts, entry.Demand, gpus.Answer(Victims(decision)));
        if (await FirstHarmedAsync(entry, taker, cancellation).ConfigureAwait(false) is { Facts.Name: var first })
            decision = Refuse("line", $"'{first}' is before it in the line and gets the next place. Wait for that, or stop '{first}'.");
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
        [.. _places.Occupants().Where(other => decision.WouldEvict.Contains(other.ModelId) || decision.Awaits.Contains(other.ModelId))];

    // What was expected to become free is measured: the system and the driver free it a moment after the process has gone, and it may be
    // less than it was taken for.
    private async Task<bool> SettleAsync(PendingStart entry, CancellationToken cancellation)
    {
        for (var started = _clock.GetTimestamp(); ; )
        {
            if (await TrySettleAsync(entry, cancellation).ConfigureAwait(false))
                return true;
            if (_clock.GetElapsedTime(started) >= SettleLimit)
                return false;
            await Task.Delay(MeasureAgain, _clock, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<bool> TrySettleAsync(PendingStart entry, CancellationToken cancellation)
    {
        await _decision.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var (decision, gpus) = await DecideAsync(entry, mayEvict: false, _places.Occupants(entry.Facts.ModelId), cancellation)
                .ConfigureAwait(false);
            // How busy the machine is was looked at before anybody was stopped for it.
            if (!decision.IsImmediate && !(decision.Reasons.Count > 0 && decision.Reasons.All(reason => reason.Code is "cpu" or "load")))
                return false;
            var plan = gpus.Answer([]);
            _places.Put(entry.Facts, entry.Demand, plan);
            return await _places.TakeGpusAsync(entry.Facts, plan, cancellation).ConfigureAwait(false) is null;
        }
        finally
        {
            _decision.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Model} is started all the same: {Warning}")]
    private partial void LogWarned(string model, string warning);
}
