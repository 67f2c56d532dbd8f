namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>
/// Estimates what a model takes before it is started. Weights and cache follow llama.cpp exactly; compute buffers are the logits of one
/// batch plus
/// the widest activations, which is what large models are seen to take. What the engine itself projects (llama-fit-params) is better still.
/// </summary>
public static class MemoryEstimator
{
    /// <summary>Contexts are multiples of this many tokens (llama.cpp pads them in llama_context).</summary>
    public const long ContextStep = 256;

    /// <summary>Longest context an estimate is made for: doubles count exactly up to it. No engine takes as much (<c>n_ctx</c> is an
    /// int32_t in common_params), so that every context that can be asked for is estimated as it is.</summary>
    internal const long ContextBound = 1L << 53;

    /// <summary>Most bytes of one part, 512 TiB: no machine has them, and thousands of parts still add up without overflow.</summary>
    internal const long PartBound = 1L << 49;

    /// <summary>The estimate for some settings.</summary>
    /// <param name="model">Sizes of the model.</param>
    /// <param name="settings">Launch settings.</param>
    /// <param name="devices">GPUs in order, those of the model first (<see cref="MemorySettings.Use"/>); empty on a machine without
    /// one.</param>
    /// <param name="hostFreeBytes">Free main memory, or null.</param>
    public static MemoryEstimate Estimate(
        ModelGeometry model,
        MemorySettings settings,
        IReadOnlyList<MemoryDevice> devices,
        long? hostFreeBytes
    )
    {
        var layers = !devices.Any(device => device.IsForModel) ? 0 : settings.GpuLayers ?? MostLayers(model, settings, devices);
        return Place(model, settings, Math.Clamp(layers, 0, model.LayerCount + 1), devices, hostFreeBytes);
    }

    /// <summary>The most layers that fit on the devices, 0 where not one does.</summary>
    /// <param name="model">Sizes of the model.</param>
    /// <param name="settings">Launch settings; their number of layers is not used.</param>
    /// <param name="devices">GPUs in order.</param>
    public static int MostLayers(ModelGeometry model, MemorySettings settings, IReadOnlyList<MemoryDevice> devices)
    {
        if (!devices.Any(device => device.IsForModel))
            return 0;
        var (low, high) = (0, model.LayerCount + 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Place(model, settings, middle, devices, null).Fits ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>The longest context that fits, in steps of 256 tokens up to what the model was trained with; 0 where not even 256
    /// do.</summary>
    /// <param name="model">Sizes of the model.</param>
    /// <param name="settings">Launch settings; their context is not used.</param>
    /// <param name="devices">GPUs in order.</param>
    /// <param name="hostFreeBytes">Free main memory, or null.</param>
    public static long LongestContext(
        ModelGeometry model,
        MemorySettings settings,
        IReadOnlyList<MemoryDevice> devices,
        long? hostFreeBytes
    )
    {
        var (low, high) = (0L, Math.Clamp(model.TrainedContext, ContextStep, ContextBound) / ContextStep);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Estimate(model, settings with { CtxSize = middle * ContextStep }, devices, hostFreeBytes).Fits
                ? (middle, high)
                : (low, middle - 1);
        }

        return low * ContextStep;
    }

    private static MemoryEstimate Place(
        ModelGeometry model,
        MemorySettings settings,
        int gpuLayers,
        IReadOnlyList<MemoryDevice> devices,
        long? hostFreeBytes
    ) => new MemoryPlacement(model, settings, gpuLayers, devices).Estimate(hostFreeBytes);
}
