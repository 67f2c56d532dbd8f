using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Resources;

/// <summary>The machine as an admission sees it: memory of this very moment, because a start may follow the end of another at once; the rest from the last sample.</summary>
internal sealed class MachineMeter(MetricWindow window)
{
    /// <summary>Reads it.</summary>
    public MachineState Read()
    {
        var sample = window.Latest;
        var (total, free) = Memory();
        return new MachineState(total, free, sample?.CpuUsage, sample?.Load1Min, Environment.ProcessorCount);
    }

    private static (long? Total, long? Free) Memory()
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                var text = File.ReadAllBytes("/proc/meminfo");
                return (ProcText.Memory(text, "MemTotal:"u8) * 1024, ProcText.Memory(text, "MemAvailable:"u8) * 1024);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return (null, null);
            }
        }

        var memory = GC.GetGCMemoryInfo();
        return (memory.TotalAvailableMemoryBytes, Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes));
    }
}
