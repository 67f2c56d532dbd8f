using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Machine;

/// <summary>Reads <c>/proc</c> (man 5 proc) through files that stay open and one buffer, so that a reading makes no garbage but its
/// result.</summary>
/// <param name="proc">Where proc is mounted.</param>
internal sealed class LinuxMachineReader(string proc = "/proc") : IMachineReader
{
    // Enough for the interfaces of a machine with some hundred containers; longer files are read as far as it reaches.
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly ProcFile _stat = new(Path.Combine(proc, "stat"));
    private readonly ProcFile _memory = new(Path.Combine(proc, "meminfo"));
    private readonly ProcFile _load = new(Path.Combine(proc, "loadavg"));
    private readonly ProcFile _network = new(Path.Combine(proc, "net", "dev"));
    private CpuTimes? _last;

    /// <inheritdoc/>
    public MachineReading Read()
    {
        var cpu = CpuPercent();
        var load = ProcText.Load(_load.Read(_buffer));
        var network = ProcText.Network(_network.Read(_buffer));
        var memory = _memory.Read(_buffer);
        return new MachineReading
        {
            CpuUsage = cpu,
            MemoryTotal = Bytes(memory, "MemTotal:"u8),
            MemoryAvailable = Bytes(memory, "MemAvailable:"u8),
            SwapTotal = Bytes(memory, "SwapTotal:"u8),
            SwapFree = Bytes(memory, "SwapFree:"u8),
            Load = load,
            NetworkReceived = network?.Received,
            NetworkSent = network?.Sent,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stat.Dispose();
        _memory.Dispose();
        _load.Dispose();
        _network.Dispose();
    }

    // The first reading has nothing to compare with: the mean since the machine started says more than zero.
    private double? CpuPercent()
    {
        var now = ProcText.Cpu(_stat.Read(_buffer));
        var percent = now?.PercentSince(_last ?? default);
        _last = now ?? _last;
        return percent;
    }

    private static long? Bytes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name) => ProcText.Memory(text, name) * 1024;
}
