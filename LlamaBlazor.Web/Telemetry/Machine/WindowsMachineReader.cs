using System.Runtime.InteropServices;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Machine;

/// <summary>Reads Windows: GetSystemTimes and GlobalMemoryStatusEx of kernel32. Windows has no load average.</summary>
internal sealed class WindowsMachineReader : PortableMachineReader
{
    private CpuTimes? _last;

    /// <inheritdoc/>
    public override MachineReading Read()
    {
        var reading = base.Read() with { CpuUsage = CpuPercent() };
        var memory = new MemoryStatus { Length = (uint)Marshal.SizeOf<MemoryStatus>() };
        if (!GlobalMemoryStatusEx(ref memory))
            return reading;
        // The page file's figures count physical memory in.
        return reading with
        {
            MemoryTotal = (long)memory.TotalPhysical,
            MemoryAvailable = (long)memory.AvailablePhysical,
            SwapTotal = Math.Max(0, (long)memory.TotalPageFile - (long)memory.TotalPhysical),
            SwapFree = Math.Max(0, (long)memory.AvailablePageFile - (long)memory.AvailablePhysical),
        };
    }

    private double? CpuPercent()
    {
        if (!GetSystemTimes(out var idle, out var kernel, out var user))
            return null;
        var now = new CpuTimes(kernel + user - idle, kernel + user); // kernel time counts idle time in
        var percent = now.PercentSince(_last ?? default);
        _last = now;
        return percent;
    }

    [DllImport("kernel32.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetSystemTimes(out long idle, out long kernel, out long user);

    [DllImport("kernel32.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GlobalMemoryStatusEx(ref MemoryStatus status);

    [StructLayout(LayoutKind.Sequential)]
    private struct MemoryStatus
    {
        public uint Length;
        public uint Load;
        public ulong TotalPhysical;
        public ulong AvailablePhysical;
        public ulong TotalPageFile;
        public ulong AvailablePageFile;
        public ulong TotalVirtual;
        public ulong AvailableVirtual;
        public ulong AvailableExtendedVirtual;
    }
}
