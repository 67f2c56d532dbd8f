using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Web.Models.Headers;
using LlamaBlazor.Web.Parameters;

namespace LlamaBlazor.Web.Models.Fit;

/// <summary>Brings together what an estimate needs: the header of the model, its settings, and what is free on the machine.</summary>
internal sealed class MemoryAdvisor(HeaderStore headers, ParameterStore parameters, MachineMemory machine)
{
    /// <summary>The memory of the machine.</summary>
    public MachineMemory Machine => machine;

    /// <summary>The sizes of a model and the settings in force for it.</summary>
    /// <returns>Conflict where the file cannot be read or is nothing that runs.</returns>
    public async Task<Result<MemoryCase>> PrepareAsync(Model model, CancellationToken cancellation = default)
    {
        if (model.Role != ModelRole.Model)
            return Failure.Conflict($"'{model.Name}' is a {model.Role}: it is not run on its own.");
        var header = await headers.ReadAsync(model, cancellation).ConfigureAwait(false);
        if (!header.IsSuccess)
            return header.Failure!;
        var configuration = await parameters.ReadAsync(model.Id, cancellation).ConfigureAwait(false);
        var settings = configuration is null ? new MemorySettings() : Settings(model, configuration);
        return new MemoryCase(await Task.Run(() => ModelGeometry.Of(header.Value), cancellation).ConfigureAwait(false), settings);
    }

    /// <summary>The estimate for a case on this machine as it is now.</summary>
    public MemoryAnswer Answer(MemoryCase question)
    {
        var (devices, host) = (machine.Devices, machine.HostFreeBytes);
        var estimate = MemoryEstimator.Estimate(question.Geometry, question.Settings, devices, host);
        return new MemoryAnswer(
            estimate.WeightsBytes, estimate.KvCacheBytes, estimate.ComputeBytes, estimate.ProjectorBytes, estimate.DraftBytes, estimate.TotalBytes, estimate.CtxSize, estimate.GpuLayers,
            estimate.Devices, estimate.Fits,
            MemoryEstimator.LongestContext(question.Geometry, question.Settings, devices, host),
            MemoryEstimator.MostLayers(question.Geometry, question.Settings, devices));
    }

    private static MemorySettings Settings(Model model, ModelConfiguration configuration)
    {
        var own = configuration.Own;
        var slots = own.Get("n_parallel") as long? ?? -1;
        return new MemorySettings
        {
            CtxSize = own.Get("ctx_size") as long? ?? 0,
            GpuLayers = MemoryQuery.Layers(own.Get("gpu_layers") as string),
            CacheTypeK = GgmlType.Find(own.Get("cache_type_k") as string ?? "") ?? new MemorySettings().CacheTypeK,
            CacheTypeV = GgmlType.Find(own.Get("cache_type_v") as string ?? "") ?? new MemorySettings().CacheTypeV,
            Slots = slots < 1 ? new MemorySettings().Slots : (int)Math.Min(slots, MemoryQuery.SlotBound),
            KvUnified = slots < 1 || own.Get("kv_unified") is true,
            SwaFull = own.Get("swa_full") is true,
            UbatchSize = (int)Math.Clamp(own.Get("ubatch_size") as long? ?? new MemorySettings().UbatchSize, 1, MemoryQuery.BatchBound),
            KvOffload = own.Get("kv_offload") is not false,
            CpuMoeLayers = own.Get("cpu_moe") is true ? int.MaxValue : (int)Math.Clamp(own.Get("n_cpu_moe") as long? ?? 0, 0, int.MaxValue),
            ProjectorBytes = Size(own.Get("mmproj") as string ?? model.ProjectorPath),
            DraftBytes = Size(own.Get("model_draft") as string),
        };
    }

    private static long Size(string? path) => path is not null && new FileInfo(path) is { Exists: true, Length: var length } ? length : 0;
}

/// <summary>A question about memory.</summary>
/// <param name="Geometry">The model.</param>
/// <param name="Settings">The settings.</param>
internal sealed record MemoryCase(ModelGeometry Geometry, MemorySettings Settings);

/// <summary>The answer of <c>GET /api/models/{id}/memory</c> (product.md 16).</summary>
public sealed record MemoryAnswer(
    long WeightsBytes, long KvCacheBytes, long ComputeBytes, long ProjectorBytes, long DraftBytes, long TotalBytes, long CtxSize, int GpuLayers,
    IReadOnlyList<DeviceUse> Devices, bool Fits, long MaxCtxSize, int MaxGpuLayers);
