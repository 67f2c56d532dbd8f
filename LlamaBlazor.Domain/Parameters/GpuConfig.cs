namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Devices and offloading: one row of <c>model_gpu_config</c> a model.
/// Every setting is nullable: null says nothing to llama-server, which then uses its own default (docs/adr/002-nullable-parameters.md).
/// </summary>
public sealed class GpuConfig : ModelConfigRecord
{
    /// <summary>Devices to offload to, by name; none turns offload off. <c>--device</c>.</summary>
    public string? Device { get; set; }

    /// <summary>The action "list devices": kept for compatibility, never a launch argument.</summary>
    public bool? ListDevices { get; set; }

    /// <summary>Layers to put on the GPU: a number, auto or all. <c>--gpu-layers</c>.</summary>
    public string? GpuLayers { get; set; }

    /// <summary>How a model is shared between GPUs. <c>--split-mode</c>.</summary>
    public string? SplitMode { get; set; }

    /// <summary>Share of the model per GPU, such as 3,1. <c>--tensor-split</c>.</summary>
    public string? TensorSplit { get; set; }

    /// <summary>GPU that holds the model or the small tensors. <c>--main-gpu</c>, 0 to ….</summary>
    public long? MainGpu { get; set; }

    /// <summary>Keep the KV cache on the GPU. <c>--kv-offload</c>.</summary>
    public bool? KvOffload { get; set; }

    /// <summary>Rearrange weights for faster CPU kernels while loading. <c>--repack</c>.</summary>
    public bool? Repack { get; set; }

    /// <summary>Skip pinned host buffers so extra buffer types can be used. <c>--no-host</c>.</summary>
    public bool? NoHost { get; set; }
}
