using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Parameters.Engines;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Resources;

/// <summary>Puts together what an admission is decided by, and decides.</summary>
internal sealed class AdmissionService(
    IDbContextFactory<LlamaDbContext> contexts,
    AdmissionLimits limits,
    MachineMeter machine,
    AllocationStore allocations,
    EngineLocator engines,
    EngineProbe probe,
    IConfiguration configuration,
    TimeProvider clock)
{
    private const int ModelsMaxByDefault = 4;

    private readonly bool _isDemo = configuration.GetValue<bool>(DashboardHost.DemoKey);

    /// <summary>Decides about a start beside those that hold places now.</summary>
    /// <param name="facts">The model.</param>
    /// <param name="demand">What it needs: <see cref="DemandAsync"/>.</param>
    /// <param name="mayEvict">Whether idle models may be stopped for it.</param>
    /// <param name="others">Those that load or run.</param>
    /// <param name="freed">Bytes that become free by themselves, because their holders are stopping, less those promised to others that load.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<(AdmissionDecision Decision, GpuPlan Gpus)> DecideAsync(InstanceFacts facts, StartDemand demand, bool mayEvict, IReadOnlyList<Occupant> others, long freed, CancellationToken cancellation)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var most = await context.ServerConfigs.AsNoTracking().Select(row => row.ModelsMax).SingleOrDefaultAsync(cancellation).ConfigureAwait(false);
            var quota = await QuotaAsync(context, facts.Project, cancellation).ConfigureAwait(false);
            var state = machine.Read();
            state = state with { FreeMemory = state.FreeMemory is { } free ? Math.Max(0, free + freed) : null };
            var gpus = await PlanGpusAsync(facts, demand, others, cancellation).ConfigureAwait(false);
            var request = new AdmissionRequest(facts.ModelId, facts.Name, facts.Project, demand.Memory, gpus, mayEvict) { Vram = demand.Vram, Cores = demand.Cores };
            return (new AdmissionPolicy(limits, (int)(most ?? ModelsMaxByDefault)).Decide(request, state, others, quota, clock.GetUtcNow().ToUnixTimeMilliseconds()), gpus);
        }
    }

    /// <summary>The GPUs a start would have now.</summary>
    /// <param name="facts">The model.</param>
    /// <param name="demand">What it needs.</param>
    /// <param name="others">Those that load or run: what those that load were promised is not measured yet.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<GpuPlan> PlanGpusAsync(InstanceFacts facts, StartDemand demand, IReadOnlyList<Occupant> others, CancellationToken cancellation)
    {
        if (demand.Devices.Count == 0 && demand.Gpus.Named.Count == 0)
            return GpuPlan.None;
        var running = others.Where(other => other.IsRunning).Select(other => other.Name).ToHashSet();
        var holds = (await allocations.ListAsync(cancellation).ConfigureAwait(false)).Where(row => row.ContainerName != facts.Name)
            .Select(row => new GpuHold(row.GpuId, row.ContainerName, row.Mode == AllocationStore.Exclusive, running.Contains(row.ContainerName) ? 0 : (long)((row.ReservedVramMb ?? 0) * 1048576))).ToList();
        return AllocationPlanner.Plan(facts.Name, demand.Gpus, GpuDevice.Map(demand.Devices, machine.Gpus), holds);
    }

    /// <summary>
    /// What a model is expected to need: measured by llama-fit-params, else estimated, else its file and a fifth more. GPU memory is known only from
    /// llama-fit-params.
    /// </summary>
    public async Task<StartDemand> DemandAsync(InstanceFacts facts, CancellationToken cancellation)
    {
        if (_isDemo)
            return new StartDemand(0, 0, 0, new GpuWish(null, false, [], 0), []);
        var row = await ReadAsync(facts.ModelId, cancellation).ConfigureAwait(false);
        var hasFit = row?.Fit == true;
        var memory = (long?)((hasFit ? row!.Cpu : null) * 1024 * 1024) ?? row?.Estimated ?? (long)((row?.Size ?? 0) * 1.2);
        var vram = (long)((hasFit ? row!.Gpu ?? 0 : 0) * 1024 * 1024);
        var cores = facts.CpuLimit ?? (row?.Threads is > 0 ? row.Threads.Value : Environment.ProcessorCount);
        var wish = new GpuWish(facts.GpuStrategy, facts.IsGpuExclusive, AllocationStore.Devices(row?.Device), vram);
        return new StartDemand(memory, vram, cores, wish, row?.Device == "none" ? [] : await DevicesAsync(facts, row?.Engine, cancellation).ConfigureAwait(false));
    }

    private async Task<Needs?> ReadAsync(long modelId, CancellationToken cancellation)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var query =
                from model in context.Models.AsNoTracking()
                where model.Id == modelId
                from fit in context.FitParams.Where(fit => fit.ModelId == model.Id).DefaultIfEmpty()
                from gpu in context.Set<GpuConfig>().Where(gpu => gpu.ModelId == model.Id).DefaultIfEmpty()
                from runtime in context.Set<RuntimeConfig>().Where(runtime => runtime.ModelId == model.Id).DefaultIfEmpty()
                select new Needs(model.FileSizeBytes, (bool?)fit.FitParamsSuccess, fit.ProjectedCpuMemoryMb, fit.ProjectedGpuMemoryMb, fit.EstimatedBytes, model.Threads, gpu.Device, runtime.EnginePath);
            return await query.FirstOrDefaultAsync(cancellation).ConfigureAwait(false);
        }
    }

    // An engine that cannot be found or asked is told of when it is to be started; a container's is not asked for a mere check.
    private async Task<IReadOnlyList<EngineDevice>> DevicesAsync(InstanceFacts facts, string? enginePath, CancellationToken cancellation)
    {
        if (facts.IsContainer)
            return [.. machine.Gpus.Where(gpu => gpu.Id.StartsWith("nvidia", StringComparison.Ordinal)).Select((gpu, index) => new EngineDevice($"CUDA{index}", gpu.Name, (long)(gpu.MemoryTotal ?? 0), 0))];
        var engine = await engines.FindAsync(enginePath, cancellation).ConfigureAwait(false);
        return engine.IsSuccess && (await probe.ProbeAsync(engine.Value, again: false, cancellation).ConfigureAwait(false)) is { IsSuccess: true } asked ? asked.Value.Devices : [];
    }

    private static async Task<ProjectQuota?> QuotaAsync(LlamaDbContext context, string project, CancellationToken cancellation)
    {
        if (project == ProjectQuota.Default)
            return null;
        var row = await context.Set<ProjectQuotaRow>().AsNoTracking().FirstOrDefaultAsync(row => row.ProjectPath == project, cancellation).ConfigureAwait(false);
        return row is null ? null : new ProjectQuota(row.ProjectPath, (int?)row.MaxContainers, row.MaxMemoryGb) { MaxCores = row.MaxCpuCores, MaxGpus = (int?)row.MaxGpus };
    }

    private sealed record Needs(long? Size, bool? Fit, double? Cpu, double? Gpu, long? Estimated, long? Threads, string? Device, string? Engine);
}
