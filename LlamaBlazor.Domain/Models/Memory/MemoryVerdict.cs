using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>Whether a model fits, in a word.</summary>
public enum MemoryFit
{
    /// <summary>With its settings, and all of it where it is fastest.</summary>
    Fits,

    /// <summary>With some layers in main memory, or with a shorter context.</summary>
    Partly,

    /// <summary>Not even with a short context.</summary>
    TooLarge,
}

/// <summary>What an estimate means for a list: how much, and whether that fits now.</summary>
/// <param name="Bytes">Everything together, with the settings in force.</param>
/// <param name="Fit">The word.</param>
/// <param name="Words">One sentence that explains it.</param>
public sealed record MemoryVerdict(long Bytes, MemoryFit Fit, string Words)
{
    private const long ShortContext = 4096; // below it a chat is no joy

    /// <summary>The verdict for a model on a machine as it is now.</summary>
    /// <param name="model">Sizes of the model.</param>
    /// <param name="settings">Launch settings.</param>
    /// <param name="devices">GPUs in order; empty on a machine without one.</param>
    /// <param name="hostFreeBytes">Free main memory, or null while it is not known.</param>
    public static MemoryVerdict Of(ModelGeometry model, MemorySettings settings, IReadOnlyList<MemoryDevice> devices, long? hostFreeBytes)
    {
        var estimate = MemoryEstimator.Estimate(model, settings, devices, hostFreeBytes);
        var layers = model.LayerCount + 1;
        if (estimate.Fits && (!devices.Any(device => device.IsForModel) || settings.GpuLayers is not null || estimate.GpuLayers == layers))
            return new(estimate.TotalBytes, MemoryFit.Fits, $"Fits with {estimate.CtxSize:N0} tokens of context.");
        if (estimate.Fits)
            return new(
                estimate.TotalBytes,
                MemoryFit.Partly,
                $"{estimate.GpuLayers} of {layers} layers fit on the GPU; the rest runs, more slowly, from main memory."
            );
        var longest = MemoryEstimator.LongestContext(model, settings, devices, hostFreeBytes);
        return longest >= Math.Min(ShortContext, Math.Max(model.TrainedContext, 1))
            ? new(
                estimate.TotalBytes,
                MemoryFit.Partly,
                $"Fits with at most {longest:N0} tokens of context instead of {estimate.CtxSize:N0}."
            )
            : new(
                estimate.TotalBytes,
                MemoryFit.TooLarge,
                $"Needs {ByteSize.Text(estimate.TotalBytes)}{Free(hostFreeBytes, devices.Sum(device => device.FreeBytes ?? 0))}."
            );
    }

    private static string Free(long? host, long devices) => host is { } free ? $"; {ByteSize.Text(free + devices)} are free" : "";
}
