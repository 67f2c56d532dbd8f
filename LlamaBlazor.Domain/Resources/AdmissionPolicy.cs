using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Domain.Resources;

/// <summary>Limits a start must respect (product.md 16).</summary>
/// <param name="MaxMemoryPercent">Physical memory in use after the start.</param>
/// <param name="MinFreeMemoryGb">GiB that stay free after the start.</param>
/// <param name="MaxCpuPercent">CPU that other programs use now; null warns above 90 % and refuses nothing: a machine that generates
/// with its processor is busy.</param>
/// <param name="MaxLoadPerCore">Load average of one minute a core that other programs cause now; null warns above 2.</param>
public sealed record AdmissionLimits(
    double MaxMemoryPercent = 85,
    double MinFreeMemoryGb = 4,
    double? MaxCpuPercent = null,
    double? MaxLoadPerCore = null
)
{
    /// <summary>Percent of the processor above which a start is warned of.</summary>
    public const double BusyCpuPercent = 90;

    /// <summary>Load a core above which a start is warned of.</summary>
    public const double BusyLoadPerCore = 2;

    /// <summary>No limit ever refuses.</summary>
    public static AdmissionLimits None { get; } = new(double.MaxValue, 0);
}

/// <summary>What the machine has now. Null is unknown, and refuses nothing.</summary>
/// <param name="TotalMemory">Bytes.</param>
/// <param name="FreeMemory">Bytes that programs can still get; below zero where more than that was promised to others.</param>
/// <param name="CpuPercent">Percent of all cores that programs other than our engines use.</param>
/// <param name="Load">Load average of one minute, without what our engines cause.</param>
/// <param name="Cores">Cores, at least 1.</param>
public sealed record MachineState(long? TotalMemory, long? FreeMemory, double? CpuPercent, double? Load, int Cores);

/// <summary>A start that is asked for.</summary>
/// <param name="ModelId">The model.</param>
/// <param name="Name">Its name.</param>
/// <param name="Project">Whose quota counts.</param>
/// <param name="Memory">Bytes it is expected to need.</param>
/// <param name="Gpus">The GPUs it wants.</param>
/// <param name="MayEvict">Whether others may be stopped for it.</param>
public sealed record AdmissionRequest(long ModelId, string Name, string Project, long Memory, GpuQuestion Gpus, bool MayEvict = true)
{
    /// <summary>Bytes of GPU memory it is expected to need; 0 when that is not known.</summary>
    public long Vram { get; init; }

    /// <summary>Cores it counts for.</summary>
    public double Cores { get; init; }

    /// <summary>The longest context with which its main memory would do, told of where it does not; 0 when there is none, or it is not
    /// known.</summary>
    public long ContextThatFits { get; init; }
}

/// <summary>One reason against a start.</summary>
/// <param name="Code">models_max, memory, free_memory, cpu, load, quota, gpu, vram, port, line or maintenance.</param>
/// <param name="Message">The words, with the next step.</param>
public sealed record AdmissionReason(string Code, string Message);

/// <summary>The answer to a start.</summary>
/// <param name="Admitted">Whether it may go ahead, once <paramref name="WouldEvict"/> have ended.</param>
/// <param name="Reasons">Everything that speaks against it, not only the first.</param>
/// <param name="WouldEvict">Ids of the models to stop first.</param>
public sealed record AdmissionDecision(bool Admitted, IReadOnlyList<AdmissionReason> Reasons, IReadOnlyList<long> WouldEvict)
{
    /// <summary>What speaks against it and does not forbid it.</summary>
    public IReadOnlyList<AdmissionReason> Warnings { get; init; } = [];

    /// <summary>True where no waiting helps: it needs more than the machine or its project has, with nothing else running.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("never")]
    public bool IsNever { get; init; }

    /// <summary>Ids of models that end already and must have ended first.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<long> Awaits { get; init; } = [];

    /// <summary>True when nobody has to end first.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsImmediate => Admitted && WouldEvict.Count == 0 && Awaits.Count == 0;
}

/// <summary>Decides whether an instance may start: thresholds, memory, number of models, quota of the project, GPUs; all reasons at
/// once.</summary>
/// <param name="Limits">The thresholds.</param>
/// <param name="ModelsMax">Instances that may be loading or running; 0 is unlimited.</param>
public sealed record AdmissionPolicy(AdmissionLimits Limits, int ModelsMax)
{
    private const double Gb = 1024.0 * 1024 * 1024;

    /// <summary>Decides.</summary>
    /// <param name="request">The start.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="others">Instances that load or run, without the one asked for.</param>
    /// <param name="quota">Limits of its project, or null for none.</param>
    public AdmissionDecision Decide(AdmissionRequest request, MachineState machine, IReadOnlyList<Occupant> others, ProjectQuota? quota)
    {
        var (warnings, reasons) = MachineReasons(machine);
        var need = Need(request, machine, others, quota);
        var candidates = request.MayEvict ? others : [.. others.Where(other => other.IsStopping)];
        var plan = need.IsNothing ? [] : EvictionPlanner.Plan(candidates, need);
        if (plan is null)
            reasons.AddRange([
                .. request.Gpus.Answer([]).Reasons,
                .. ShareReasons(request, others, quota),
                .. NeedReasons(request, machine, others, quota, need),
            ]);
        if (reasons.Count > 0)
            return new AdmissionDecision(false, reasons, []) { Warnings = warnings, IsNever = IsNever(request, machine, quota) };
        warnings.AddRange(request.Gpus.Answer([.. others.Where(other => plan!.Contains(other.ModelId))]).Warnings);
        var ending = others.Where(other => other.IsStopping).Select(other => other.ModelId).ToHashSet();
        return new AdmissionDecision(true, [], [.. plan!.Where(id => !ending.Contains(id))])
        {
            Warnings = warnings,
            Awaits = [.. plan!.Where(ending.Contains)],
        };
    }

    // Reservations of people do not count: they can be released meanwhile.
    private bool IsNever(AdmissionRequest request, MachineState machine, ProjectQuota? quota) =>
        (machine.TotalMemory is > 0 and var total && request.Memory + Keep(total) > total)
        || AllocationPlanner.IsTooLarge(request.Gpus.Wish, request.Gpus.Devices)
        || quota is { MaxInstances: 0 }
        || (quota?.MaxMemoryGb is { } gb && request.Memory > gb * Gb)
        || (quota?.MaxCores is { } cores && request.Cores > cores + 1e-9);

    private EvictionNeed Need(AdmissionRequest request, MachineState machine, IReadOnlyList<Occupant> others, ProjectQuota? quota)
    {
        var team = others.Where(other => other.IsOf(request.Project)).ToList();
        return new EvictionNeed(
            ModelsMax > 0 ? Math.Max(0, others.Count + 1 - ModelsMax) : 0,
            MemoryShortage(request, machine),
            request.Project,
            quota?.MaxInstances is { } most ? Math.Max(0, team.Count + 1 - most) : 0
        )
        {
            Gpus = request.Gpus,
            ProjectMemory = quota?.MaxMemoryGb is { } gb
                ? (long)Math.Max(0, team.Sum(other => other.Memory) + request.Memory - (gb * Gb))
                : 0,
            ProjectCores = quota?.MaxCores is { } cores ? Math.Max(0, team.Sum(other => other.Cores) + request.Cores - cores) : 0,
            ProjectGpusLeft = quota?.MaxGpus is { } gpus ? gpus - team.Sum(other => other.Gpus) : null,
        };
    }

    private long MemoryShortage(AdmissionRequest request, MachineState machine)
    {
        if (machine is not { TotalMemory: > 0 and var total, FreeMemory: { } free })
            return 0;
        return (long)Math.Max(0, request.Memory + Keep(total) - free);
    }

    private double Keep(long total) => Math.Max(Limits.MinFreeMemoryGb * Gb, total * Math.Max(0, 100 - Limits.MaxMemoryPercent) / 100);

    /// <summary>Bytes of main memory that a start may take now, or null where the machine does not tell.</summary>
    /// <param name="machine">The machine.</param>
    public long? Usable(MachineState machine) =>
        machine is { TotalMemory: > 0 and var total, FreeMemory: { } free } ? (long)Math.Max(0, free - Keep(total)) : null;

    // How busy the processor is: a warning, or a reason where a limit is set.
    private (List<AdmissionReason> Warnings, List<AdmissionReason> Reasons) MachineReasons(MachineState machine)
    {
        var (warnings, reasons) = (new List<AdmissionReason>(), new List<AdmissionReason>());
        var (cpu, load) = (
            Limits.MaxCpuPercent ?? AdmissionLimits.BusyCpuPercent,
            (Limits.MaxLoadPerCore ?? AdmissionLimits.BusyLoadPerCore) * machine.Cores
        );
        if (machine.CpuPercent > cpu)
        {
            var words = $"Other programs keep {machine.CpuPercent:0} % of the processor busy";
            if (Limits.MaxCpuPercent is null)
                warnings.Add(new("cpu", $"{words}: it will load and answer more slowly."));
            else
                reasons.Add(
                    new(
                        "cpu",
                        $"{words}; starts wait above {cpu:0} %. Try again when it is calmer, or raise LlamaBlazor:Admission:MaxCpuPercent."
                    )
                );
        }

        if (machine.Load > load)
        {
            var words = $"Other programs cause a load of {machine.Load:0.0} on {machine.Cores} cores";
            if (Limits.MaxLoadPerCore is null)
                warnings.Add(new("load", $"{words}: it will load and answer more slowly."));
            else
                reasons.Add(
                    new(
                        "load",
                        $"{words}; starts wait above {load:0.#}. Try again when it is calmer, or raise "
                            + "LlamaBlazor:Admission:MaxLoadPerCore."
                    )
                );
        }

        return (warnings, reasons);
    }

    private static string Smaller(AdmissionRequest request) =>
        request.ContextThatFits > 0
            ? $"set a context of at most {request.ContextThatFits:N0} tokens on its tab Core"
            : "choose a smaller context or quantisation";

    private static IEnumerable<AdmissionReason> ShareReasons(AdmissionRequest request, IReadOnlyList<Occupant> others, ProjectQuota? quota)
    {
        var team = others.Where(other => other.IsOf(request.Project)).ToList();
        var used = team.Sum(other => other.Memory);
        if (quota?.MaxCores is { } cores && team.Sum(other => other.Cores) + request.Cores > cores)
            yield return new(
                "quota",
                $"The project '{request.Project}' may use {cores:0.##} cores; {team.Sum(other => other.Cores):0.##} are in use and "
                    + $"'{request.Name}' counts for {request.Cores:0.##}. Set fewer threads or a processor limit, stop one of its "
                    + "models, or raise its limit on the Resources page."
            );
        if (
            quota?.MaxGpus is { } gpus
            && request.Gpus.Answer([]) is var plan
            && (plan.Cards ?? plan.Devices) is { Count: > 0 and var wanted }
            && team.Sum(other => other.Gpus) + wanted > gpus
        )
            yield return new(
                "quota",
                $"The project '{request.Project}' may use {gpus} GPUs; {team.Sum(other => other.Gpus)} are in use and "
                    + $"'{request.Name}' takes {wanted}. Choose fewer, stop one of its models, or raise its limit on the Resources page."
            );
        if (quota?.MaxMemoryGb is { } most && used + request.Memory > most * Gb)
            yield return new(
                "quota",
                $"The project '{request.Project}' may use {most:0.##} GiB; {ByteSize.Text(used)} are in use and '{request.Name}' "
                    + $"needs about {ByteSize.Text(request.Memory)}. Stop one of its models, or raise its limit on the Resources page."
            );
    }

    private static double MinimumWarm(IReadOnlyList<Occupant> others) =>
        others.Select(other => other.MinimumWarm.TotalSeconds).DefaultIfEmpty().Max();

    private string Advice(AdmissionRequest request, MachineState machine, string next) =>
        machine.TotalMemory is > 0 and var total && request.Memory + Keep(total) > total
            ? "more than this machine has, whatever else is stopped: "
            : $"{next}, or ";

    private IEnumerable<AdmissionReason> NeedReasons(
        AdmissionRequest request,
        MachineState machine,
        IReadOnlyList<Occupant> others,
        ProjectQuota? quota,
        EvictionNeed need
    )
    {
        var next = (request.MayEvict, EvictionPlanner.NextWarm(others)) switch
        {
            (false, _) => "and none may be stopped for it. Stop one yourself",
            (_, { } warm) =>
                $"and none that is idle and unpinned has run for {MinimumWarm(others):0} seconds, as it may before it is stopped for "
                    + $"another. Try again in {Math.Clamp(Math.Ceiling(warm.TotalSeconds), 1, Math.Max(1, MinimumWarm(others))):0} s, "
                    + "stop one yourself",
            _ => "and none of those that run is idle and unpinned. Stop one",
        };
        if (need.Instances > 0)
            yield return new(
                "models_max",
                $"{others.Count} of {ModelsMax} models are loading or running, {next}, or raise --models-max on the Server page."
            );
        if (need.ProjectInstances > 0)
            yield return new(
                "quota",
                $"The project '{request.Project}' may have {quota!.MaxInstances} instances at a time, {next}, or raise its limit on "
                    + "the Resources page."
            );
        if (request.Gpus.Answer([]).Missing is > 0 and var missing)
            yield return AllocationPlanner.Shortfall(request.Name, request.Vram, missing);
        if (need.Memory > 0 && machine.FreeMemory is { } free)
        {
            var (code, key) =
                Limits.MinFreeMemoryGb * Gb >= machine.TotalMemory * Math.Max(0, 100 - Limits.MaxMemoryPercent) / 100
                    ? ("free_memory", "MinFreeMemoryGb")
                    : ("memory", "MaxMemoryPercent");
            yield return new(
                code,
                $"'{request.Name}' needs about {ByteSize.Text(request.Memory)} and {ByteSize.Text(Math.Max(0, free))} are free, of "
                    + $"which {ByteSize.Text(need.Memory + free - request.Memory)} must stay so (LlamaBlazor:Admission:{key}); "
                    + $"{ByteSize.Text(need.Memory)} are missing, {Advice(request, machine, next)}{Smaller(request)}."
            );
        }
    }
}
