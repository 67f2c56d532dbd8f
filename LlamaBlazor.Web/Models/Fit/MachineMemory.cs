using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Models.Fit;

/// <summary>What is free on this machine now, from the last sample.</summary>
internal sealed class MachineMemory(MetricWindow window)
{
    private const double MiB = 1024 * 1024;

    /// <summary>The GPUs in order; empty without one.</summary>
    public IReadOnlyList<MemoryDevice> Devices => [.. (window.Latest?.Gpus ?? [])
        .Where(gpu => gpu.MemoryTotal > 0)
        .Select(gpu => new MemoryDevice(gpu.Id, gpu.MemoryUsed is { } used ? (long)((gpu.MemoryTotal!.Value - used) * MiB) : null))];

    /// <summary>Free main memory in bytes, or null before the first sample. A container's limit counts as the machine's.</summary>
    public long? HostFreeBytes => window.Latest is { } sample ? (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * (100 - sample.MemoryUsage) / 100) : null;
}
