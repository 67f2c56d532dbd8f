using System.Runtime.InteropServices;

namespace LlamaBlazor.Web.Telemetry.Gpu;

/// <summary>
/// The few functions of NVIDIA's management library that we call (nvml.h). It comes with the driver and is loaded only where it is.
/// Every delegate is a
/// type of its own: generic ones cannot be marshalled. What an old or cut-down library lacks is null, but for what finds the cards.
/// </summary>
internal sealed class Nvml : IDisposable
{
    private static readonly string[] Names = OperatingSystem.IsWindows()
        ? ["nvml.dll", @"C:\Program Files\NVIDIA Corporation\NVSMI\nvml.dll"]
        : ["libnvidia-ml.so.1", "libnvidia-ml.so", "/usr/lib/wsl/lib/libnvidia-ml.so.1"];

    private static readonly string[] KindsOfWork = ["Compute", "Graphics"];

    private readonly nint _library;

    private Nvml(nint library)
    {
        _library = library;
        Initialise = Need<NoArguments>("nvmlInit_v2", "nvmlInit");
        Shutdown = Find<NoArguments>("nvmlShutdown");
        Count = Need<OutNumber>("nvmlDeviceGetCount_v2", "nvmlDeviceGetCount");
        Device = Need<ByIndex>("nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex");
        Name = Find<Text>("nvmlDeviceGetName");
        Utilization = Find<RatesOf>("nvmlDeviceGetUtilizationRates");
        Memory = Find<MemoryOf>("nvmlDeviceGetMemoryInfo");
        VersionedMemory = Find<VersionedMemoryOf>("nvmlDeviceGetMemoryInfo_v2");
        Temperature = Find<SensorOf>("nvmlDeviceGetTemperature");
        Power = Find<NumberOf>("nvmlDeviceGetPowerUsage");
        ProcessLists = [.. KindsOfWork.Select(FindProcessList).OfType<NvmlProcessList>()];
    }

    /// <summary>A function without arguments. Every function returns 0 on success, else an <see cref="NvmlError"/>.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int NoArguments();

    /// <summary>A function that gives a number.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int OutNumber(out uint value);

    /// <summary>A function that gives a device.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int ByIndex(uint index, out nint device);

    /// <summary>A function that gives a number of a device.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int NumberOf(nint device, out uint value);

    /// <summary>A function that writes a text of at most so many bytes, with its closing zero.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Text(nint device, [In, Out] byte[] text, uint length);

    /// <summary>nvmlDeviceGetUtilizationRates.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int RatesOf(nint device, out Rates value);

    /// <summary>nvmlDeviceGetMemoryInfo.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int MemoryOf(nint device, out Bytes value);

    /// <summary>nvmlDeviceGetMemoryInfo_v2.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int VersionedMemoryOf(nint device, ref VersionedBytes value);

    /// <summary>A function that reads a sensor; 0 is the chip's.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int SensorOf(nint device, int sensor, out uint value);

    /// <summary>A function that lists processes: as many as fit, and how many there are.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int ProcessesOf(nint device, ref uint count, [In, Out] byte[] processes);

    /// <summary>Starts the library.</summary>
    public NoArguments Initialise { get; }

    /// <summary>Lets go of the library; what was read of it is void then. Null where it has no such function.</summary>
    public NoArguments? Shutdown { get; }

    /// <summary>Number of devices.</summary>
    public OutNumber Count { get; }

    /// <summary>A device by its place.</summary>
    public ByIndex Device { get; }

    /// <summary>Name of a device.</summary>
    public Text? Name { get; }

    /// <summary>Percent of time at work.</summary>
    public RatesOf? Utilization { get; }

    /// <summary>Its memory.</summary>
    public MemoryOf? Memory { get; }

    /// <summary>Its memory, with the driver's own share apart.</summary>
    public VersionedMemoryOf? VersionedMemory { get; }

    /// <summary>Degrees Celsius.</summary>
    public SensorOf? Temperature { get; }

    /// <summary>Milliwatts.</summary>
    public NumberOf? Power { get; }

    /// <summary>Those that list processes, by the kind of work. A process that does both is in both lists, with the same memory.</summary>
    public IReadOnlyList<NvmlProcessList> ProcessLists { get; }

    /// <summary>Loads the library; null where there is none.</summary>
    /// <param name="path">Path of the library, or null for the system's.</param>
    /// <exception cref="EntryPointNotFoundException">It lacks the functions that find cards.</exception>
    public static Nvml? TryLoad(string? path = null)
    {
        foreach (var name in path is null ? Names : [path])
        {
            if (!NativeLibrary.TryLoad(name, out var library))
                continue;
            try
            {
                return new Nvml(library);
            }
            catch (EntryPointNotFoundException)
            {
                NativeLibrary.Free(library);
                throw;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => NativeLibrary.Free(_library);

    private T Need<T>(string name, string older)
        where T : Delegate =>
        Find<T>(name) ?? Find<T>(older) ?? throw new EntryPointNotFoundException($"the library has neither {name} nor {older}");

    private T? Find<T>(string name)
        where T : Delegate =>
        NativeLibrary.TryGetExport(_library, name, out var address) ? Marshal.GetDelegateForFunctionPointer<T>(address) : null;

    // The oldest one fills a shorter structure; _v2 and _v3 the same.
    private NvmlProcessList? FindProcessList(string kind)
    {
        var name = $"nvmlDeviceGet{kind}RunningProcesses";
        return (Find<ProcessesOf>(name + "_v3") ?? Find<ProcessesOf>(name + "_v2")) is { } newer ? new NvmlProcessList(newer, 24)
            : Find<ProcessesOf>(name) is { } first ? new NvmlProcessList(first, 16)
            : null;
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

    /// <summary>nvmlMemory_v2_t: bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct VersionedBytes
    {
        /// <summary>What the version must say: the size of the structure, and 2 in the highest byte.</summary>
        public const uint Version2 = 40 | (2 << 24);

        /// <summary>Version of this structure.</summary>
        public uint Version;

        /// <summary>All.</summary>
        public ulong Total;

        /// <summary>The driver's own share.</summary>
        public ulong Reserved;

        /// <summary>Unused.</summary>
        public ulong Free;

        /// <summary>Used by programs.</summary>
        public ulong Used;
    }
}

/// <summary>One list of processes.</summary>
/// <param name="Read">Fills a buffer with entries that begin with nvmlProcessInfo_t's process id (4 bytes, 4 of padding) and its memory
/// (8 bytes).</param>
/// <param name="EntrySize">Bytes of an entry: 16 in the first layout, 24 since parts of a divided card are told.</param>
internal sealed record NvmlProcessList(Nvml.ProcessesOf Read, int EntrySize);
