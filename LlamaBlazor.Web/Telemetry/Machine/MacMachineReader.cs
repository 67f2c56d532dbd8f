using System.Runtime.InteropServices;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Machine;

/// <summary>Reads macOS: host_statistics and host_statistics64 of the Mach kernel (mach/host_info.h), getloadavg, and sysctl
/// vm.swapusage.</summary>
internal sealed class MacMachineReader : PortableMachineReader
{
    private const int HostCpuLoadInfo = 3;
    private const int HostVmInfo64 = 4;

    private readonly uint _host = mach_host_self();
    private readonly uint[] _cpu = new uint[4]; // user, system, idle, nice
    private readonly uint[] _memory = new uint[64]; // vm_statistics64: free, active, inactive, wire first
    private readonly double[] _load = new double[3];
    private readonly long[] _swap = new long[4]; // xsw_usage: total, available, used, flags
    private CpuTimes? _last;

    /// <inheritdoc/>
    public override MachineReading Read()
    {
        nint size = _swap.Length * sizeof(long);
        var hasSwap = sysctlbyname("vm.swapusage", _swap, ref size, 0, 0) == 0;
        return base.Read() with
        {
            CpuUsage = CpuPercent(),
            MemoryAvailable = Available(),
            SwapTotal = hasSwap ? _swap[0] : null,
            SwapFree = hasSwap ? _swap[1] : null,
            Load = getloadavg(_load, 3) == 3 ? (_load[0], _load[1], _load[2]) : null,
        };
    }

    private double? CpuPercent()
    {
        var count = _cpu.Length;
        if (host_statistics(_host, HostCpuLoadInfo, _cpu, ref count) != 0)
            return null;
        var busy = (long)_cpu[0] + _cpu[1] + _cpu[3];
        var now = new CpuTimes(busy, busy + _cpu[2]);
        var percent = now.PercentSince(_last ?? default);
        _last = now;
        return percent;
    }

    // Free and inactive pages are what a program can still get.
    private long? Available()
    {
        var count = 38; // HOST_VM_INFO64_COUNT
        return host_statistics64(_host, HostVmInfo64, _memory, ref count) == 0
            ? ((long)_memory[0] + _memory[2]) * Environment.SystemPageSize
            : null;
    }

    [DllImport("libSystem.dylib")]
    private static extern uint mach_host_self();

    [DllImport("libSystem.dylib")]
    private static extern int host_statistics(uint host, int flavor, [Out] uint[] info, ref int count);

    [DllImport("libSystem.dylib")]
    private static extern int host_statistics64(uint host, int flavor, [Out] uint[] info, ref int count);

    [DllImport("libSystem.dylib")]
    private static extern int getloadavg([Out] double[] load, int count);

    [DllImport("libSystem.dylib", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int sysctlbyname(
        [MarshalAs(UnmanagedType.LPStr)] string name,
        [Out] long[] value,
        ref nint size,
        nint newValue,
        nint newSize
    );
}
