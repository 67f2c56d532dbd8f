using System.Globalization;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
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
    ConfigReader reader,
    GpuMeter gpus,
    MemoryAdvisor advisor,
    ModelStore models,
    IConfiguration configuration,
    TimeProvider clock
)
{
    private const double MiB = 1048576;
    private const int ModelsMaxByDefault = 4;

    private readonly bool _isDemo = DashboardHost.IsDemo(configuration);

    /// <summary>Decides about a start beside those that hold places now.</summary>
    /// <param name="facts">The model.</param>
    /// <param name="demand">What it needs: <see cref="DemandAsync"/>.</param>
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
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var most = await context
                .ServerConfigs.AsNoTracking()
                .Select(row => row.ModelsMax)
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
            return (policy.Decide(request, state, others, quota, clock.GetUtcNow().ToUnixTimeMilliseconds()), gpus);
        }
    }

    // A simulated engine takes nothing, so that nothing of the machine speaks against it.
    private MachineState Machine(long promised)
    {
        var state = machine.Read();
        // below zero where more was promised: what becomes free is for those first
        return _isDemo ? new MachineState(null, null, null, null, state.Cores) : state with { FreeMemory = state.FreeMemory - promised };
    }

    /// <summary>What a model is expected to need.</summary>
    public async Task<StartDemand> DemandAsync(InstanceDefinition facts, CancellationToken cancellation)
    {
        if (_isDemo)
            return new StartDemand(0, 0, 0, new GpuWish(null, false, [], 0), []);
        var row = await ReadAsync(facts.ModelId, cancellation).ConfigureAwait(false);
        var question = await EstimateAsync(facts.ModelId, cancellation).ConfigureAwait(false);
        var (isNone, draft) = (row?.Device == AllocationStore.None, question?.Settings.Draft);
        var devices =
            isNone && draft is null or { Device: AllocationStore.None }
                ? []
                : await DevicesAsync(facts, cancellation).ConfigureAwait(false);
        var (memory, vram) = Memory(question is null ? null : advisor.Expect(question), row, DeviceKinds.Gpus(devices).Count > 0);
        // A draft model without a setting of its own is put where the model is, if the dashboard chooses that.
        var isFollowing =
            string.IsNullOrWhiteSpace(draft?.Device) && !isNone && facts.GpuStrategy is GpuWish.Auto or GpuWish.Best or GpuWish.All;
        var apart = isFollowing
            ? []
            : vram.Where(use => use.Draft > 0 && (use.Draft == use.Bytes || !string.IsNullOrWhiteSpace(draft?.Device)))
                .ToDictionary(use => use.Device, use => use.Draft);
        var all = vram.Sum(use => use.Bytes);
        var cores = facts.CpuLimit ?? (row?.Threads is > 0 ? row.Threads.Value : Environment.ProcessorCount);
        var wish = new GpuWish(facts.GpuStrategy, facts.IsGpuExclusive, AllocationStore.Devices(row?.Device), all - apart.Values.Sum())
        {
            IsNone = isNone,
            Draft = apart,
        };
        return new StartDemand(memory, all, cores, wish, devices) { Estimated = question };
    }

    // The estimate for the settings of now, corrected by what the engine said it took at its last start; else what llama-fit-params said,
    // which is not told of
    // a draft model; else the file and a fifth more. Host and every GPU are counted apart: where the engine has no GPU, all of it is the
    // host's.
    private static (long Host, IReadOnlyList<GpuNeed> Gpus) Memory(MemoryAnswer? estimate, Needs? row, bool hasGpus)
    {
        var (host, gpus) = (row, estimate) switch
        {
            ({ Measured: > 0 and var measured, Estimated: > 0 and var then }, { } now) => Split(
                now,
                Math.Clamp((double)measured / then, 0.5, 2)
            ),
            ({ Fit: true } fit, not { DraftBytes: > 0 }) => (
                (long)((fit.Cpu ?? 0) * MiB),
                [new GpuNeed("", (long)((fit.Gpu ?? 0) * MiB), 0)]
            ),
            (_, { } now) => Split(now, 1),
            _ => ((long)((row?.Size ?? 0) * 1.2), []),
        };
        return hasGpus ? (host, gpus) : (host + gpus.Sum(use => use.Bytes), []);
    }

    private static (long Host, IReadOnlyList<GpuNeed> Gpus) Split(MemoryAnswer now, double factor) =>
        (
            (long)(now.Devices[^1].Bytes * factor),
            [.. now.Devices.SkipLast(1).Select(use => new GpuNeed(use.Name, (long)(use.Bytes * factor), (long)(use.DraftBytes * factor)))]
        );

    private async Task<MemoryCase?> EstimateAsync(long modelId, CancellationToken cancellation)
    {
        if (await models.FindAsync(modelId.ToString(CultureInfo.InvariantCulture), cancellation).ConfigureAwait(false) is not { } model)
            return null;
        var question = await advisor.PrepareAsync(model, cancellation).ConfigureAwait(false);
        return question.IsSuccess ? question.Value : null;
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
                select new Needs(
                    model.FileSizeBytes,
                    (bool?)fit.FitParamsSuccess,
                    fit.ProjectedCpuMemoryMb,
                    fit.ProjectedGpuMemoryMb,
                    fit.EstimatedBytes,
                    fit.MeasuredBytes,
                    model.Threads,
                    gpu.Device
                );
            return await query.FirstOrDefaultAsync(cancellation).ConfigureAwait(false);
        }
    }

    // An engine that cannot be found or asked is told of when it is to be started; a container's is not asked for a mere check.
    private async Task<IReadOnlyList<EngineDevice>> DevicesAsync(InstanceDefinition facts, CancellationToken cancellation)
    {
        if (facts.IsContainer)
            return
            [
                .. gpus
                    .Last.Where(gpu => gpu.Id.StartsWith("nvidia", StringComparison.Ordinal))
                    .Select((gpu, index) => new EngineDevice($"CUDA{index}", gpu.Name, (long)(gpu.MemoryTotal ?? 0), 0)),
            ];
        var configuration = await reader.ReadAsync(facts.ModelId, cancellation).ConfigureAwait(false);
        return await advisor
                .Machine.EngineDevicesAsync(configuration?.EnginePath, cancellation, configuration?.Variables)
                .ConfigureAwait(false)
            ?? [];
    }

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

    private sealed record GpuNeed(string Device, long Bytes, long Draft);

    private sealed record Needs(
        long? Size,
        bool? Fit,
        double? Cpu,
        double? Gpu,
        long? Estimated,
        long? Measured,
        long? Threads,
        string? Device
    );
}
