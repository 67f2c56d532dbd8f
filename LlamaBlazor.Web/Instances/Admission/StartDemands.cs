using System.Globalization;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Instances.Admission;

/// <summary>Says what a start is expected to need: memory, GPU memory, cores and which GPUs.</summary>
internal sealed class StartDemands(
    IDbContextFactory<LlamaDbContext> contexts,
    ConfigReader reader,
    GpuMeter gpus,
    MemoryAdvisor advisor,
    ModelStore models,
    IConfiguration configuration
)
{
    private const double MiB = 1048576;

    private readonly bool _isDemo = DashboardHost.IsDemo(configuration);

    /// <summary>What a model is expected to need.</summary>
    public async Task<StartDemand> FindAsync(InstanceDefinition facts, CancellationToken cancellation)
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
    private static (long Host, IReadOnlyList<GpuNeed> Gpus) Memory(MemoryProjection? estimate, Needs? row, bool hasGpus)
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

    private static (long Host, IReadOnlyList<GpuNeed> Gpus) Split(MemoryProjection now, double factor) =>
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

    private async Task<Needs?> ReadAsync(long modelId, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var query =
                        from model in context.Models
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
                },
                cancellation
            )
            .ConfigureAwait(false);
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
