using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>
/// The machine as an admission sees it: memory of this very moment, because a start may follow the end of another at once; the rest
/// from the last samples,
/// without what our own engines do: they are busy whenever somebody uses them.
/// </summary>
internal sealed class MachineMeter(MetricWindow window)
{
    private const long LoadMs = 60_000;

    /// <summary>Reads it.</summary>
    public MachineState Read()
    {
        var sample = window.Latest;
        var (total, free) = Memory();
        var cpu = sample?.CpuUsage - (sample is null ? 0 : OwnCores(sample) * 100 / Environment.ProcessorCount);
        return new MachineState(total, free, Positive(cpu), Positive(sample?.Load1Min - OwnLoad(sample)), Environment.ProcessorCount);
    }

    private static double? Positive(double? value) => value is { } number ? Math.Max(0, number) : null;

    private static double OwnCores(Sample sample) => sample.Instances.Sum(instance => instance.Cpu ?? 0) / 100;

    // The load is a mean of about a minute, so an engine that has just ended is still in it.
    private double OwnLoad(Sample? latest) => latest is null ? 0 : window.Since(latest.Timestamp - LoadMs).Average(OwnCores);

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
