using System.Text;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Gpu;

/// <summary>NVIDIA GPUs through NVML: calls into the driver's library, no process a reading.</summary>
internal sealed class NvmlReader : IGpuReader
{
    private const double MiB = 1048576;

    /// <summary>Processes listed of each card; a machine of ours has a few.</summary>
    private const int ProcessBound = 256;

    private readonly Nvml _nvml;
    private readonly (nint Handle, string Name)[] _devices; // fixed when the library starts

    private NvmlReader(Nvml nvml)
    {
        _nvml = nvml;
        _devices = [.. FindDevices(nvml)];
    }

    /// <summary>Loads the library and finds the devices; null where there are none.</summary>
    /// <param name="path">Path of the library, or null for the system's.</param>
    public static NvmlReader? TryCreate(string? path = null)
    {
        if (Nvml.TryLoad(path) is not { } nvml)
            return null;
        if (nvml.Initialise() == 0)
        {
            var reader = new NvmlReader(nvml);
            if (reader._devices.Length > 0)
                return reader;
            nvml.Shutdown();
        }

        nvml.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public IEnumerable<GpuSample> Read() => _devices.Select((device, index) => Read(index, device.Handle, device.Name));

    /// <inheritdoc/>
    public IReadOnlyDictionary<int, double> ReadProcesses()
    {
        var held = new Dictionary<int, double>();
        var buffer = new Nvml.ProcessInfo[ProcessBound];
        foreach (var list in _nvml.Processes)
        {
            foreach (var (device, _) in _devices)
            {
                var count = (uint)buffer.Length;
                if (list(device, ref count, buffer) != 0)
                    continue;
                foreach (var process in buffer.AsSpan(0, (int)Math.Min(count, ProcessBound)))
                {
                    if (process.UsedMemory != ulong.MaxValue)
                        held[(int)process.Pid] = held.GetValueOrDefault((int)process.Pid) + (process.UsedMemory / MiB);
                }
            }
        }

        return held;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _nvml.Shutdown();
        _nvml.Dispose();
    }

    private GpuSample Read(int index, nint device, string name)
    {
        var hasRates = _nvml.Utilization(device, out var rates) == 0;
        var hasMemory = _nvml.Memory(device, out var memory) == 0;
        var hasTemperature = _nvml.Temperature(device, 0, out var temperature) == 0;
        var hasPower = _nvml.Power(device, out var power) == 0;
        return new GpuSample(
            $"nvidia{index}",
            name,
            hasRates ? rates.Gpu : null,
            hasMemory ? memory.Used / MiB : null,
            hasMemory ? memory.Total / MiB : null,
            hasTemperature ? temperature : null,
            hasPower ? power / 1000.0 : null);
    }

    private static IEnumerable<(nint Handle, string Name)> FindDevices(Nvml nvml)
    {
        if (nvml.Count(out var count) != 0)
            yield break;
        for (var index = 0u; index < count; index++)
        {
            if (nvml.Device(index, out var device) == 0)
                yield return (device, NameOf(nvml, device) ?? $"NVIDIA GPU {index}");
        }
    }

    private static string? NameOf(Nvml nvml, nint device)
    {
        var text = new byte[96]; // NVML_DEVICE_NAME_V2_BUFFER_SIZE
        if (nvml.Name(device, text, (uint)text.Length) != 0)
            return null;
        var end = Array.IndexOf(text, (byte)0);
        return Encoding.UTF8.GetString(text, 0, end < 0 ? text.Length : end);
    }
}
