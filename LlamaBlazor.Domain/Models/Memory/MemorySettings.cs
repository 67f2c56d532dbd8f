using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>The launch settings that decide how much memory a model takes. Defaults are llama-server's own.</summary>
public sealed record MemorySettings
{
    /// <summary>Tokens of context; 0 is what the model was trained with. <c>--ctx-size</c>.</summary>
    public long CtxSize { get; init; }

    /// <summary>Layers on devices, the output layer counted first; null is as many as fit. <c>--gpu-layers</c>.</summary>
    public int? GpuLayers { get; init; }

    /// <summary>Format of cached keys. <c>--cache-type-k</c>.</summary>
    public GgmlType CacheTypeK { get; init; } = GgmlType.Find("F16")!;

    /// <summary>Format of cached values. <c>--cache-type-v</c>.</summary>
    public GgmlType CacheTypeV { get; init; } = GgmlType.Find("F16")!;

    /// <summary>Request slots; llama-server takes 4 where nothing is said. <c>--parallel</c>.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>One cache for all slots; on where the slots are automatic. <c>--kv-unified</c>.</summary>
    public bool KvUnified { get; init; } = true;

    /// <summary>Full cache in sliding-window layers too. <c>--swa-full</c>.</summary>
    public bool SwaFull { get; init; }

    /// <summary>Tokens computed at once. <c>--ubatch-size</c>.</summary>
    public int UbatchSize { get; init; } = 512;

    /// <summary>Keep the cache of offloaded layers on their device. <c>--kv-offload</c>.</summary>
    public bool KvOffload { get; init; } = true;

    /// <summary>Layers from the first whose experts stay on the host; a large number is all. <c>--n-cpu-moe</c>,
    /// <c>--cpu-moe</c>.</summary>
    public int CpuMoeLayers { get; init; }

    /// <summary>Devices to use, as a comma list in their order; <c>none</c> for the host alone, null for all. <c>--device</c>.</summary>
    public string? Device { get; init; }

    /// <summary><c>layer</c> (also null), <c>row</c>, <c>tensor</c>, or <c>none</c> for the main device alone.
    /// <c>--split-mode</c>.</summary>
    public string? SplitMode { get; init; }

    /// <summary>Place of the main device among the used ones, from 0. <c>--main-gpu</c>.</summary>
    public int MainGpu { get; init; }

    /// <summary>Share of each device, such as <c>3,1</c>; null shares by what is free. <c>--tensor-split</c>.</summary>
    public string? TensorSplit { get; init; }

    /// <summary>Tensors that lie elsewhere, as expressions. <c>--override-tensor</c>.</summary>
    public string? OverrideTensor { get; init; }

    /// <summary>Weights on the host are the file itself, which the system may drop and read again. <c>--mmap</c>.</summary>
    public bool Mmap { get; init; } = true;

    /// <summary>Bytes of the multimodal projector.</summary>
    public long ProjectorBytes { get; init; }

    /// <summary>The projector is on the first device where there is one. <c>--mmproj-offload</c>.</summary>
    public bool ProjectorOffload { get; init; } = true;

    /// <summary>The draft model, or null.</summary>
    public DraftSettings? Draft { get; init; }

    /// <summary>Bytes of a draft model whose header cannot be read.</summary>
    public long DraftBytes { get; init; }

    /// <summary>The devices of an engine that these settings use: those of the model in their order, then those that only the draft model
    /// is put on.</summary>
    /// <param name="devices">All that the engine lists.</param>
    public IReadOnlyList<MemoryDevice> Use(IReadOnlyList<MemoryDevice> devices)
    {
        var own = Choose(devices, Device);
        if (Draft is not { } draft)
            return own;
        var drafts = Choose(devices, draft.Device).Select(device => device.Name).ToHashSet();
        return
        [
            .. own.Select(device => device with { IsForDraft = drafts.Contains(device.Name) }),
            .. devices
                .Where(device => drafts.Contains(device.Name) && !own.Any(other => other.Name == device.Name))
                .Select(device => device with { IsForModel = false }),
        ];
    }

    // A draft model has its own devices, but the split mode and the main device of the large one (llama.cpp, server_context::load_model).
    private IReadOnlyList<MemoryDevice> Choose(IReadOnlyList<MemoryDevice> devices, string? names)
    {
        var named = MemoryDevice.Named(devices, names);
        return SplitMode != "none" ? named
            : MainGpu >= 0 && MainGpu < named.Count ? [named[MainGpu]]
            : [];
    }
}

/// <summary>A draft model and where it is put.</summary>
/// <param name="Model">Its sizes.</param>
/// <param name="GpuLayers">Layers on its device; null is all. <c>--spec-draft-ngl</c>.</param>
/// <param name="Device">Its devices as in <see cref="MemorySettings.Device"/>; null is all that the engine has, whatever the model uses.
/// <c>--spec-draft-device</c>.</param>
/// <param name="CacheTypeK">Format of its cached keys.</param>
/// <param name="CacheTypeV">Format of its cached values.</param>
public sealed record DraftSettings(ModelGeometry Model, int? GpuLayers, string? Device, GgmlType CacheTypeK, GgmlType CacheTypeV);

/// <summary>A place for weights and cache: a GPU, or the host.</summary>
/// <param name="Name">As llama.cpp lists it, such as <c>CUDA0</c>; <c>Host</c> for main memory.</param>
/// <param name="FreeBytes">What is free now; null where that is not known.</param>
public sealed record MemoryDevice(string Name, long? FreeBytes)
{
    /// <summary>Whether the model itself may be put on it. In lists those of the model come first.</summary>
    public bool IsForModel { get; init; } = true;

    /// <summary>Whether the draft model may be put on it.</summary>
    public bool IsForDraft { get; init; } = true;

    /// <summary>Whether an engine uses it that is told nothing.</summary>
    public bool IsDefault { get; init; } = true;

    /// <summary>Those that a setting names, in its order; those that the engine takes by itself where it is null or empty.</summary>
    /// <param name="devices">All there are.</param>
    /// <param name="names">A comma list, or <c>none</c>.</param>
    public static IReadOnlyList<MemoryDevice> Named(IReadOnlyList<MemoryDevice> devices, string? names) =>
        string.IsNullOrWhiteSpace(names)
            ? devices.All(device => device.IsDefault)
                ? devices
                : [.. devices.Where(device => device.IsDefault)]
            :
            [
                .. names
                    .Split(',', StringSplitOptions.TrimEntries)
                    .Select(name => devices.FirstOrDefault(device => device.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                    .OfType<MemoryDevice>()
                    .Distinct(),
            ];
}

/// <summary>How much of one device is taken.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Estimated use.</param>
/// <param name="FreeBytes">What is free now, or null.</param>
public sealed record DeviceUse(string Name, long Bytes, long? FreeBytes)
{
    /// <summary>What the draft model takes of it.</summary>
    public long DraftBytes { get; init; }

    /// <summary>False only where it is known not to fit.</summary>
    public bool Fits => FreeBytes is null || Bytes <= FreeBytes;
}

/// <summary>What a model would take with some settings, in bytes.</summary>
public sealed record MemoryEstimate
{
    /// <summary>All weights; a tied output layer on another device counts twice.</summary>
    public required long WeightsBytes { get; init; }

    /// <summary>Keys and values, and the states of recurrent layers.</summary>
    public required long KvCacheBytes { get; init; }

    /// <summary>Buffers of the computation.</summary>
    public required long ComputeBytes { get; init; }

    /// <summary>The projector.</summary>
    public required long ProjectorBytes { get; init; }

    /// <summary>The draft model.</summary>
    public required long DraftBytes { get; init; }

    /// <summary>Context the figures are for, in tokens.</summary>
    public required long CtxSize { get; init; }

    /// <summary>Layers on devices the figures are for.</summary>
    public required int GpuLayers { get; init; }

    /// <summary>Use by device, the host last.</summary>
    public required IReadOnlyList<DeviceUse> Devices { get; init; }

    /// <summary>Everything.</summary>
    public long TotalBytes => WeightsBytes + KvCacheBytes + ComputeBytes + ProjectorBytes + DraftBytes;

    /// <summary>False where one device is known to be too small.</summary>
    public bool Fits => Devices.All(device => device.Fits);
}
