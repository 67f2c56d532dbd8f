using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances.Admission;

/// <summary>Puts together what an admission is decided by, and decides.</summary>
internal sealed class AdmissionService(
    IDbContextFactory<LlamaDbContext> contexts,
    IOptionsMonitor<AdmissionOptions> limits,
    MachineMeter machine,
    AllocationStore allocations,
    GpuMeter gpus,
    MemoryAdvisor advisor,
    IConfiguration configuration
)
{
    private const double MiB = 1048576;
    private const int ModelsMaxByDefault = 4;

    private readonly bool _isDemo = DashboardHost.IsDemo(configuration);

    /// <summary>Decides about a start beside those that hold places now.</summary>
    /// <param name="facts">The model.</param>
    /// <param name="demand">What it needs: <see cref="StartDemands"/>.</param>
    /// <param name="mayEvict">Whether idle models may be stopped for it.</param>
    /// <param name="others">Those that load or run.</param>
    /// <param name="promised">Bytes that others which load were promised and have not all taken yet.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<(AdmissionDecision Decision, GpuQuestion Gpus)> DecideAsync(
        InstanceDefinition facts,
        StartDemand demand,
        bool mayEvict,
        IReadOnlyList<Occupant> others,
        long promised,
        CancellationToken cancellation
    )
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var most = await context
                        .ServerConfigs.Select(row => row.ModelsMax)
                        .SingleOrDefaultAsync(cancellation)
                        .ConfigureAwait(false);
                    var quota = await QuotaAsync(context, facts.Project, cancellation).ConfigureAwait(false);
                    var state = Machine(promised);
                    var gpus = await AskGpusAsync(facts, demand, others, cancellation).ConfigureAwait(false);
                    var policy = new AdmissionPolicy(
                        // simulated engines need nothing
                        _isDemo ? AdmissionLimits.None : limits.CurrentValue.Limits,
                        (int)(most ?? ModelsMaxByDefault)
                    );
                    var request = new AdmissionRequest(facts.ModelId, facts.Name, facts.Project, demand.Memory, gpus, mayEvict)
                    {
                        Vram = demand.Vram,
                        Cores = demand.Cores,
                        ContextThatFits =
                            policy.Usable(state) is { } usable && usable < demand.Memory && demand.Estimated is { } known
                                ? advisor.LongestContext(known, usable)
                                : 0,
                    };
                    return (policy.Decide(request, state, others, quota), gpus);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    // A simulated engine takes nothing, so that nothing of the machine speaks against it.
    private MachineState Machine(long promised)
    {
        var state = machine.Read();
        // below zero where more was promised: what becomes free is for those first
        return _isDemo ? new MachineState(null, null, null, null, state.Cores) : state with { FreeMemory = state.FreeMemory - promised };
    }

    // Who holds which card: the rows of the database, what starts that evict others are about to take, and, for who must have a card alone,
    // those whose engines use all.
    private async Task<GpuQuestion> AskGpusAsync(
        InstanceDefinition facts,
        StartDemand demand,
        IReadOnlyList<Occupant> others,
        CancellationToken cancellation
    )
    {
        if (demand.Devices.Count == 0 && demand.Gpus.Named.Count == 0)
            return GpuQuestion.None;
        var devices = GpuDevice.Map(demand.Devices, await gpus.ReadAsync(cancellation).ConfigureAwait(false), machine.Read().TotalMemory);
        // the driver counts what they use
        var settled = others.Where(other => other.IsRunning || other.IsStopping).Select(other => other.Name).ToHashSet();
        var rows = (await allocations.ListAsync(cancellation).ConfigureAwait(false)).Where(row => row.ContainerName != facts.Name).ToList();
        var holds = rows.Select(row => new GpuHold(
            row.GpuId,
            row.ContainerName,
            row.Mode == AllocationStore.Exclusive,
            settled.Contains(row.ContainerName) ? 0 : (long)((row.ReservedVramMb ?? 0) * MiB)
        )
        {
            IsReservation = !allocations.IsTaken(row.Id),
        });
        devices =
        [
            .. devices.Select(device =>
                device.IsMeasured ? device : WithoutOwn(device, devices, [.. others.Where(other => settled.Contains(other.Name))])
            ),
        ];
        var silent = others.Where(other =>
            !rows.Exists(row => row.ContainerName == other.Name) && (other.Cards is not null || other.Vram > 0)
        );
        var planned = silent.SelectMany(other =>
            devices
                .Where(device => other.Cards?.Any(device.Is) ?? true)
                .Select(device => new GpuHold(
                    device.Card,
                    other.Name,
                    other.IsGpuExclusive && other.Cards is not null,
                    settled.Contains(other.Name) ? 0 : other.BytesOn(device, devices)
                ))
        );
        return new GpuQuestion(facts.Name, demand.Gpus, devices, [.. holds, .. planned]);
    }

    // No driver counts what our models use: the engine's figure is of when it was asked, which may have been with or without them.
    private static GpuDevice WithoutOwn(GpuDevice device, IReadOnlyList<GpuDevice> all, IReadOnlyList<Occupant> running) =>
        device is { FreeBytes: { } free, TotalBytes: { } total }
            ? device with
            {
                FreeBytes = Math.Clamp(total - running.Sum(other => other.BytesOn(device, all)), 0, free),
            }
            : device;

    private static async Task<ProjectQuota?> QuotaAsync(LlamaDbContext context, string project, CancellationToken cancellation)
    {
        if (project.Equals(ProjectQuota.Default, StringComparison.OrdinalIgnoreCase))
            return null;
        var row = await context
            .Set<ProjectQuotaRow>()
            .AsNoTracking()
            .FirstOrDefaultAsync(row => row.ProjectPath == project, cancellation)
            .ConfigureAwait(false);
        return row is null
            ? null
            : new ProjectQuota(row.ProjectPath, (int?)row.MaxContainers, row.MaxMemoryGb)
            {
                MaxCores = row.MaxCpuCores,
                MaxGpus = (int?)row.MaxGpus,
            };
    }
}
