using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Models.Headers;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Memory;

/// <summary>Brings together what an estimate needs: the header of the model, its settings, the devices of its engine, and what is free on
/// the machine.</summary>
internal sealed class MemoryAdvisor(HeaderStore headers, ParameterStore parameters, MachineMemory machine, InstanceRegistry registry)
{
    private const long FitMargin = 1L << 30; // --fit-target, where nothing is said
    private const long FitContextByDefault = 4096;

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
        var devices = await machine
            .EngineDevicesAsync(configuration?.EnginePath, cancellation, configuration?.Variables)
            .ConfigureAwait(false);
        var settings = configuration is null
            ? new MemorySettings()
            : await SettingsAsync(model, configuration, cancellation).ConfigureAwait(false);
        return new MemoryCase(await Task.Run(() => ModelGeometry.Of(header.Value), cancellation).ConfigureAwait(false), settings)
        {
            ModelId = model.Id,
            Saved = settings,
            Engine = devices,
            FitContext = FitContext(configuration?.Own),
        };
    }

    /// <summary>The estimate for a case on this machine as it is now.</summary>
    public MemoryProjection Answer(MemoryCase question)
    {
        var (devices, host) = Free(question);
        var estimate = MemoryEstimator.Estimate(question.Geometry, question.Settings, devices, host);
        return new MemoryProjection(
            estimate.WeightsBytes,
            estimate.KvCacheBytes,
            estimate.ComputeBytes,
            estimate.ProjectorBytes,
            estimate.DraftBytes,
            estimate.TotalBytes,
            estimate.CtxSize,
            estimate.GpuLayers,
            estimate.Devices,
            estimate.Fits,
            MemoryEstimator.LongestContext(question.Geometry, question.Settings, devices, host),
            MemoryEstimator.MostLayers(question.Geometry, question.Settings, devices)
        );
    }

    /// <summary>
    /// The estimate for a start as it will be. Where no context is set, llama-server (<c>--fit</c>, on where nothing is said) takes the
    /// longest that leaves 1 GiB of its
    /// GPUs free with all layers on them, or of all main memory where it has no GPU, but no less than <c>--fit-ctx</c> (llama.cpp,
    /// common/fit.cpp).
    /// </summary>
    public MemoryProjection Expect(MemoryCase question)
    {
        if (question.FitContext is not { } least || question.Geometry.TrainedContext <= least)
            return Answer(question);
        var devices = Free(question).Devices.Select(device => device with { FreeBytes = device.FreeBytes - FitMargin }).ToList();
        var layers = question.Settings with { GpuLayers = question.Settings.GpuLayers ?? int.MaxValue };
        var longest = MemoryEstimator.LongestContext(
            question.Geometry,
            layers,
            devices,
            devices.Exists(device => device.IsForModel) ? null : machine.Host.Total - FitMargin
        );
        return Answer(question with { Settings = question.Settings with { CtxSize = Math.Max(longest, least) } });
    }

    /// <summary>The longest context that fits where so much main memory may be taken; 0 where none does.</summary>
    /// <param name="question">The model and its settings.</param>
    /// <param name="hostBytes">Main memory.</param>
    public long LongestContext(MemoryCase question, long hostBytes) =>
        MemoryEstimator.LongestContext(question.Geometry, question.Settings, Free(question).Devices, hostBytes);

    /// <summary>The same in a word, for lists.</summary>
    public MemoryVerdict Judge(MemoryCase question)
    {
        var (devices, host) = Free(question);
        return MemoryVerdict.Of(question.Geometry, question.Settings, devices, host);
    }

    /// <summary>What is free for a model on the devices its settings use, and in main memory. What the model holds itself while it runs
    /// counts as free.</summary>
    public (IReadOnlyList<MemoryDevice> Devices, long? Host) Free(MemoryCase question)
    {
        var devices = question.Settings.Use(machine.Devices(question.Engine));
        var host = machine.Host;
        if (registry.Find(question.ModelId) is not { Status: ModelStatus.Running })
            return (devices, host.Free);
        var own = question.Saved.Use(machine.Devices(question.Engine)).Select(device => device with { FreeBytes = null }).ToList();
        var held = MemoryEstimator.Estimate(question.Geometry, question.Saved, own, null);
        var usable = devices.Select(device =>
            device with
            {
                FreeBytes = Together(
                    device.FreeBytes,
                    held.Devices.SkipLast(1).FirstOrDefault(use => use.Name == device.Name)?.Bytes ?? 0,
                    machine.TotalBytes(question.Engine, device.Name)
                ),
            }
        );
        return ([.. usable], Together(host.Free, HeldOnHost(question.Saved, held, own.Exists(device => device.IsForModel)), host.Total));
    }

    // Weights that are the file itself are counted as free memory by the system already.
    private static long HeldOnHost(MemorySettings saved, MemoryEstimate held, bool hasDevices)
    {
        var whole = held.Devices[^1].Bytes;
        return !saved.Mmap
            ? whole
            : Math.Min(
                whole,
                !hasDevices ? whole - held.WeightsBytes
                    : saved.KvOffload ? 0
                    : held.KvCacheBytes
            );
    }

    private static long? Together(long? free, long held, long? total) =>
        free is { } bytes ? Math.Min(bytes + held, Math.Max(total ?? long.MaxValue, bytes)) : null;

    private async Task<MemorySettings> SettingsAsync(Model model, ModelConfiguration configuration, CancellationToken cancellation)
    {
        var own = configuration.Own;
        var slots = own.Get("n_parallel") as long? ?? -1;
        var draft = own.Get("model_draft") as string;
        var draftHeader = draft is null ? default : await headers.ReadAsync(draft, cancellation).ConfigureAwait(false);
        var usual = new MemorySettings();
        return new MemorySettings
        {
            CtxSize = own.Get("ctx_size") as long? ?? 0,
            GpuLayers = MemoryQuery.Layers(own.Get("gpu_layers") as string),
            CacheTypeK = Format(own, "cache_type_k"),
            CacheTypeV = Format(own, "cache_type_v"),
            Slots = slots < 1 ? usual.Slots : (int)Math.Min(slots, MemoryQuery.SlotBound),
            KvUnified = slots < 1 || own.Get("kv_unified") is true,
            SwaFull = own.Get("swa_full") is true,
            UbatchSize = (int)Math.Clamp(own.Get("ubatch_size") as long? ?? usual.UbatchSize, 1, MemoryQuery.BatchBound),
            KvOffload = own.Get("kv_offload") is not false,
            CpuMoeLayers = own.Get("cpu_moe") is true ? int.MaxValue : (int)Math.Clamp(own.Get("n_cpu_moe") as long? ?? 0, 0, int.MaxValue),
            Device = own.Get("device") as string,
            SplitMode = own.Get("split_mode") as string,
            MainGpu = (int)Math.Clamp(own.Get("main_gpu") as long? ?? 0, -1, int.MaxValue),
            TensorSplit = own.Get("tensor_split") as string,
            OverrideTensor = own.Get("override_tensor") as string,
            Mmap = own.Get("mmap") is not false && own.Get("mlock") is not true,
            ProjectorBytes = DiskEntrySize(own.Get("mmproj") as string ?? model.ProjectorPath),
            ProjectorOffload = own.Get("mmproj_offload") is not false,
            Draft = draftHeader is { IsSuccess: true, Value: { } known }
                ? new DraftSettings(
                    ModelGeometry.Of(known),
                    MemoryQuery.Layers(own.Get("n_gpu_layers_draft") as string),
                    own.Get("device_draft") as string,
                    Format(own, "cache_type_k_draft"),
                    Format(own, "cache_type_v_draft")
                )
                : null,
            DraftBytes = DiskEntrySize(draft),
        };
    }

    // An explicit 0 asks for the whole context, which the engine then leaves as it is.
    private static long? FitContext(ParameterSet? own) =>
        own?.Get("ctx_size") is not null || own?.Get("fit") as string == "off" ? null : own?.Get("fit_ctx") as long? ?? FitContextByDefault;

    private static GgmlType Format(ParameterSet own, string column) =>
        GgmlType.Find(own.Get(column) as string ?? "") ?? new MemorySettings().CacheTypeK;

    private static long DiskEntrySize(string? path)
    {
        try
        {
            return path is not null && File.Exists(path) ? Math.Min(DiskEntry.Of(path).Size, GgufLimits.File) : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0; // the start says what is wrong with it
        }
    }
}

/// <summary>A question about memory.</summary>
/// <param name="Geometry">The model.</param>
/// <param name="Settings">The settings to answer for.</param>
internal sealed record MemoryCase(ModelGeometry Geometry, MemorySettings Settings)
{
    /// <summary>The model's row.</summary>
    public long ModelId { get; init; }

    /// <summary>The settings that are saved, with which it runs where it runs.</summary>
    public MemorySettings Saved { get; init; } = Settings;

    /// <summary>The shortest context the engine may choose by itself, or null where it may not: the context is set, or <c>--fit
    /// off</c>.</summary>
    public long? FitContext { get; init; }

    /// <summary>The devices its engine lists, or null without an engine.</summary>
    public IReadOnlyList<EngineDevice>? Engine { get; init; }
}

/// <summary>What a model would take on this machine as it is now, bytes.</summary>
public sealed record MemoryProjection(
    long WeightsBytes,
    long KvCacheBytes,
    long ComputeBytes,
    long ProjectorBytes,
    long DraftBytes,
    long TotalBytes,
    long CtxSize,
    int GpuLayers,
    IReadOnlyList<DeviceUse> Devices,
    bool Fits,
    long MaxCtxSize,
    int MaxGpuLayers
);
