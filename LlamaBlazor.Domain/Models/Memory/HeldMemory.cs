using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>What the process of a running model holds, as system and drivers count it.</summary>
/// <param name="Host">Resident main memory in bytes, pages shared with the file cache included.</param>
/// <param name="Gpus">Memory on all GPUs in bytes; null where no driver tells.</param>
public sealed record HeldMemory(long Host, long? Gpus)
{
    private const double MiB = 1 << 20;

    /// <summary>What a sample says of a model, or null where it does not run or nothing is known of its process.</summary>
    /// <param name="sample">The newest sample, or null before the first.</param>
    /// <param name="modelId">The model.</param>
    public static HeldMemory? Of(Sample? sample, long modelId) =>
        sample?.Instances.FirstOrDefault(instance => instance.ModelId == modelId && instance.Phase is InstancePhase.Running)
            is { Memory: > 0 } running
            ? new HeldMemory((long)(running.Memory.Value * MiB), running.Vram is > 0 and var gpus ? (long)(gpus * MiB) : null)
            : null;
}
