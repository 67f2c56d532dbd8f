using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Resources;

/// <summary>Puts together what an admission is decided by, and decides.</summary>
internal sealed class AdmissionService(IDbContextFactory<LlamaDbContext> contexts, AdmissionLimits limits, MachineMeter machine, IConfiguration configuration, TimeProvider clock)
{
    private const int ModelsMaxByDefault = 4;

    private readonly bool _isDemo = configuration.GetValue<bool>(DashboardHost.DemoKey);

    /// <summary>Decides about a start beside those that hold places now.</summary>
    /// <param name="facts">The model.</param>
    /// <param name="memory">Bytes it needs: <see cref="MemoryOfAsync"/>.</param>
    /// <param name="mayEvict">Whether idle models may be stopped for it.</param>
    /// <param name="others">Those that load or run.</param>
    /// <param name="freed">Bytes that become free by themselves, because their holders are stopping, less those promised to others that load.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<AdmissionDecision> DecideAsync(InstanceFacts facts, long memory, bool mayEvict, IReadOnlyList<Occupant> others, long freed, CancellationToken cancellation)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var most = await context.ServerConfigs.AsNoTracking().Select(row => row.ModelsMax).SingleOrDefaultAsync(cancellation).ConfigureAwait(false);
            var quota = await QuotaAsync(context, facts.Project, cancellation).ConfigureAwait(false);
            var state = machine.Read();
            state = state with { FreeMemory = state.FreeMemory is { } free ? Math.Max(0, free + freed) : null };
            var request = new AdmissionRequest(facts.ModelId, facts.Name, facts.Project, memory, await HeldGpusAsync(context, facts, cancellation).ConfigureAwait(false), mayEvict);
            return new AdmissionPolicy(limits, (int)(most ?? ModelsMaxByDefault)).Decide(request, state, others, quota, clock.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    /// <summary>Bytes of memory a model is expected to need: measured by llama-fit-params, else estimated, else its file and a fifth more.</summary>
    public async Task<long> MemoryOfAsync(long modelId, CancellationToken cancellation)
    {
        if (_isDemo)
            return 0;
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var query =
                from model in context.Models.AsNoTracking()
                where model.Id == modelId
                from fit in context.FitParams.Where(fit => fit.ModelId == model.Id).DefaultIfEmpty()
                select new { model.FileSizeBytes, fit.FitParamsSuccess, fit.ProjectedCpuMemoryMb, fit.EstimatedBytes };
            var row = await query.Select(row => new { row.FileSizeBytes, Mb = (bool?)row.FitParamsSuccess == true ? row.ProjectedCpuMemoryMb : null, row.EstimatedBytes }).FirstOrDefaultAsync(cancellation).ConfigureAwait(false);
            return (long?)(row?.Mb * 1024 * 1024) ?? row?.EstimatedBytes ?? (long)((row?.FileSizeBytes ?? 0) * 1.2);
        }
    }

    private static async Task<IReadOnlyDictionary<string, string>> HeldGpusAsync(LlamaDbContext context, InstanceFacts facts, CancellationToken cancellation)
    {
        var device = await context.Set<GpuConfig>().AsNoTracking().Where(row => row.ModelId == facts.ModelId).Select(row => row.Device).FirstOrDefaultAsync(cancellation).ConfigureAwait(false);
        if (AllocationStore.Devices(device) is not { Count: > 0 } wanted)
            return new Dictionary<string, string>();
        return await context.Set<GpuAllocationRow>().AsNoTracking().Where(row => row.Mode == "exclusive" && row.ContainerName != facts.Name && wanted.Contains(row.GpuId))
            .ToDictionaryAsync(row => row.GpuId, row => row.ContainerName, cancellation).ConfigureAwait(false);
    }

    private static async Task<ProjectQuota?> QuotaAsync(LlamaDbContext context, string project, CancellationToken cancellation)
    {
        if (project == ProjectQuota.Default)
            return null;
        var row = await context.Set<ProjectQuotaRow>().AsNoTracking().FirstOrDefaultAsync(row => row.ProjectPath == project, cancellation).ConfigureAwait(false);
        return row is null ? null : new ProjectQuota(row.ProjectPath, (int?)row.MaxContainers, row.MaxMemoryGb);
    }
}
