using System.Runtime.InteropServices;

namespace LlamaBlazor.Web.Telemetry.Gpu;

/// <summary>The few functions of NVIDIA's management library that we call (nvml.h). It comes with the driver and is loaded only where it is.</summary>
internal sealed class Nvml : IDisposable
{
    private static readonly string[] ProcessLists = ["nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetGraphicsRunningProcesses_v3"];

    private readonly nint _library;

    private Nvml(nint library)
    {
        _library = library;
        Initialise = Function<NoArguments>("nvmlInit_v2");
        Shutdown = Function<NoArguments>("nvmlShutdown");
        Count = Function<OutNumber>("nvmlDeviceGetCount_v2");
        Device = Function<ByIndex>("nvmlDeviceGetHandleByIndex_v2");
        Name = Function<Text>("nvmlDeviceGetName");
        Utilization = Function<OfDevice<Rates>>("nvmlDeviceGetUtilizationRates");
        Memory = Function<OfDevice<Bytes>>("nvmlDeviceGetMemoryInfo");
        Temperature = Function<OfSensor>("nvmlDeviceGetTemperature");
        Power = Function<DeviceNumber>("nvmlDeviceGetPowerUsage");
        Processes = [.. ProcessLists.Select(TryFunction<ProcessesOf>).OfType<ProcessesOf>()];
    }

    /// <summary>A function without arguments. Every function returns 0 on success.</summary>
    public delegate int NoArguments();

    /// <summary>A function that gives a number.</summary>
    public delegate int OutNumber(out uint value);

    /// <summary>A function that gives a device.</summary>
    public delegate int ByIndex(uint index, out nint device);

    /// <summary>A function that gives a number of a device.</summary>
    public delegate int DeviceNumber(nint device, out uint value);

    /// <summary>A function that writes a text of at most so many bytes, with its closing zero.</summary>
    public delegate int Text(nint device, [Out] byte[] text, uint length);

    /// <summary>A function that fills a structure.</summary>
    public delegate int OfDevice<T>(nint device, out T value);

    /// <summary>A function that reads a sensor; 0 is the chip's.</summary>
    public delegate int OfSensor(nint device, int sensor, out uint value);

    /// <summary>A function that lists processes: as many as fit, and how many there are.</summary>
    public delegate int ProcessesOf(nint device, ref uint count, [In, Out] ProcessInfo[] processes);

    /// <summary>Those that list processes, by the kind of work; none with a driver older than 2021.</summary>
    public IReadOnlyList<ProcessesOf> Processes { get; }

    /// <summary>Starts the library.</summary>
    public NoArguments Initialise { get; }

    /// <summary>Ends it.</summary>
    public NoArguments Shutdown { get; }

    /// <summary>Number of devices.</summary>
    public OutNumber Count { get; }

    /// <summary>A device by its place.</summary>
    public ByIndex Device { get; }

    /// <summary>Name of a device.</summary>
    public Text Name { get; }

    /// <summary>Percent of time at work.</summary>
    public OfDevice<Rates> Utilization { get; }

    /// <summary>Its memory.</summary>
    public OfDevice<Bytes> Memory { get; }

    /// <summary>Degrees Celsius.</summary>
    public OfSensor Temperature { get; }

    /// <summary>Milliwatts.</summary>
    public DeviceNumber Power { get; }

    /// <summary>Loads the library; null where there is none, or one without these functions.</summary>
    public static Nvml? TryLoad(string? path = null)
    {
        if (!NativeLibrary.TryLoad(path ?? (OperatingSystem.IsWindows() ? "nvml.dll" : "libnvidia-ml.so.1"), out var library))
            return null;
        try
        {
            return new Nvml(library);
        }
        catch (EntryPointNotFoundException)
        {
            NativeLibrary.Free(library);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => NativeLibrary.Free(_library);

    private T Function<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(_library, name));

    private T? TryFunction<T>(string name)
        where T : Delegate => NativeLibrary.TryGetExport(_library, name, out var address) ? Marshal.GetDelegateForFunctionPointer<T>(address) : null;

    /// <summary>nvmlProcessInfo_t, second layout.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct ProcessInfo
    {
        /// <summary>Process id.</summary>
        public readonly uint Pid;

        /// <summary>Bytes; all ones where the driver does not tell.</summary>
        public readonly ulong UsedMemory;

        /// <summary>Part of a divided card.</summary>
        public readonly uint GpuInstance;

        /// <summary>Part of that part.</summary>
        public readonly uint ComputeInstance;
    }

    /// <summary>nvmlUtilization_t: percent.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct Rates
    {
        /// <summary>Of the processor.</summary>
        public readonly uint Gpu;

        /// <summary>Of the memory's bus.</summary>
        public readonly uint Memory;
    }

    /// <summary>nvmlMemory_t: bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct Bytes
    {
        /// <summary>All.</summary>
        public readonly ulong Total;

        /// <summary>Unused.</summary>
        public readonly ulong Free;

        /// <summary>Used, the driver's own share counted in.</summary>
        public readonly ulong Used;
    }
}
