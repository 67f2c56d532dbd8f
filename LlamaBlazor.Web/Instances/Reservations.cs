using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>Who holds a place, which GPUs were given with it, and whether places are given at all. Reads and writes only; who gets a place
/// is decided by <see cref="AdmissionQueue"/>.</summary>
internal sealed class Reservations(
    AllocationStore allocations,
    InstanceRegistry registry,
    ReadLoad readLoad,
    IOptionsMonitor<InstanceOptions> options,
    TimeProvider clock
)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Reservation> _places = []; // one a process that exists or is about to
    private string? _closed; // why nothing starts

    /// <summary>Why nothing starts now, or null.</summary>
    public string? Closed => Volatile.Read(ref _closed);

    /// <summary>Tells that what is set for a running model was taken over.</summary>
    public event Action? Refreshed;

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
        Failure.Conflict(
            $"Models are running ({string.Join(", ", models.Take(3))}). Stop them first: the other database may not know them."
        );

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

    /// <summary>The GPUs a model was given, as its engine names them; null where its setting says the same.</summary>
    public IReadOnlyList<string>? GpusOf(long modelId)
    {
        lock (_gate)
            return
                _places.TryGetValue(modelId, out var place)
                && place.Gpus.Devices is { } devices
                && (place.Facts.GpuStrategy is not null || !devices.SequenceEqual(place.Demand.Gpus.Named))
                ? devices
                : null;
    }

    /// <summary>The cards a model was given; empty where its engine chooses among all.</summary>
    public IReadOnlyList<string> CardsOf(long modelId)
    {
        lock (_gate)
            return _places.TryGetValue(modelId, out var place) ? place.Gpus.Cards ?? [] : [];
    }

    /// <summary>Takes over what is set for a running model now: pin, idle time and project count at once.</summary>
    public void Refresh(InstanceDefinition facts)
    {
        lock (_gate)
        {
            if (!_places.TryGetValue(facts.ModelId, out var place))
                return;
            _places[facts.ModelId] = place with
            {
                Facts = place.Facts with { Pinned = facts.Pinned, TtlSeconds = facts.TtlSeconds, Project = facts.Project },
            };
        }

        Refreshed?.Invoke();
    }

    /// <summary>Takes a place, unless there are none now: why, or null.</summary>
    public string? TryPut(InstanceDefinition facts, StartDemand demand, GpuPlan gpus)
    {
        lock (_gate)
        {
            if (_closed is null)
                _places[facts.ModelId] = new Reservation(facts, demand, gpus);
            return _closed;
        }
    }

    /// <summary>Notes what a place that was taken really got.</summary>
    public void Put(InstanceDefinition facts, StartDemand demand, GpuPlan gpus)
    {
        lock (_gate)
            _places[facts.ModelId] = new Reservation(facts, demand, gpus);
    }

    /// <summary>Takes the GPUs of a place; a conflict where another holds one.</summary>
    public async Task<Failure?> TakeGpusAsync(InstanceDefinition facts, GpuPlan gpus, CancellationToken cancellation) =>
        gpus.Shares is { Count: > 0 } shares
            ? await allocations.TakeAsync(facts.ModelId, facts.Name, shares, facts.IsGpuExclusive, cancellation).ConfigureAwait(false)
            : null;

    /// <summary>Gives a place back. False for a model without one.</summary>
    public bool Remove(long modelId)
    {
        lock (_gate)
            return _places.Remove(modelId);
    }

    /// <summary>Gives back the place that one start took: by now, another start of the model may have one.</summary>
    public bool Remove(PendingStart entry)
    {
        lock (_gate)
            return _places.TryGetValue(entry.Facts.ModelId, out var place)
                && ReferenceEquals(place.Demand, entry.Demand)
                && _places.Remove(entry.Facts.ModelId);
    }

    /// <summary>A start as planners would see it, had it this place.</summary>
    public Occupant Describe(InstanceDefinition facts, StartDemand demand, GpuPlan gpus) => Describe(new Reservation(facts, demand, gpus));

    private Occupant Describe(Reservation place)
    {
        var facts = place.Facts;
        var snapshot = registry.Find(facts.ModelId);
        var load = readLoad(facts.ModelId);
        return new Occupant(
            facts.ModelId,
            facts.Name,
            facts.Project,
            place.Demand.Memory,
            snapshot?.Phase is InstancePhase.Running,
            load.Busy > 0,
            facts.Pinned,
            snapshot?.ReadySince is { } ready ? clock.Monotonic() - ready : null,
            load.CompletedAgo
        )
        {
            IsStopping = snapshot?.Phase is InstancePhase.Stopping,
            SucceededAgo = load.SucceededAgo,
            MinimumWarm = options.CurrentValue.MinimumWarm,
            Vram = place.Demand.Vram,
            Cores = place.Demand.Cores,
            Cards = place.Gpus.Cards,
            Shares = place.Gpus.Shares,
            IsGpuExclusive = facts.IsGpuExclusive,
        };
    }

    private sealed record Reservation(InstanceDefinition Facts, StartDemand Demand, GpuPlan Gpus);
}
