using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Gpu;

/// <summary>Reads the GPUs of one maker. Called by one thread.</summary>
internal interface IGpuReader : IDisposable
{
    /// <summary>Looks once at each GPU. A value the driver does not tell is null.</summary>
    IEnumerable<GpuSample> Read();

    /// <summary>MiB that each process holds on all GPUs of this maker; empty where the driver does not tell.</summary>
    IReadOnlyDictionary<int, double> ReadProcesses() => NoProcesses;

    private static IReadOnlyDictionary<int, double> NoProcesses { get; } = new Dictionary<int, double>();
}

/// <summary>Finds the readers that have something to read on this machine.</summary>
internal static class GpuReaders
{
    /// <summary>NVIDIA through NVML, AMD and Intel through sysfs; none where there is no GPU with a driver that tells.</summary>
    public static IReadOnlyList<IGpuReader> Create()
    {
        var readers = new List<IGpuReader>();
        if (NvmlReader.TryCreate() is { } nvidia)
            readers.Add(nvidia);
        if (OperatingSystem.IsLinux() && SysfsGpuReader.TryCreate() is { } others)
            readers.Add(others);
        return readers;
    }
}
