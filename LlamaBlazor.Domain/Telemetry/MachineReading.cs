namespace LlamaBlazor.Domain.Telemetry;

/// <summary>What one look at the machine gave. Null is unknown, never zero.</summary>
public sealed record MachineReading
{
    /// <summary>Percent of all cores, 0 to 100.</summary>
    public double? CpuUsage { get; init; }

    /// <summary>Physical memory in bytes.</summary>
    public long? MemoryTotal { get; init; }

    /// <summary>Memory that programs can still get without swapping, bytes.</summary>
    public long? MemoryAvailable { get; init; }

    /// <summary>Swap in bytes; 0 without swap.</summary>
    public long? SwapTotal { get; init; }

    /// <summary>Unused swap, bytes.</summary>
    public long? SwapFree { get; init; }

    /// <summary>Load averages of one, five and fifteen minutes.</summary>
    public (double One, double Five, double Fifteen)? Load { get; init; }

    /// <summary>Bytes received since the machine started.</summary>
    public long? NetworkReceived { get; init; }

    /// <summary>Bytes sent since the machine started.</summary>
    public long? NetworkSent { get; init; }

    /// <summary>Percent of memory in use.</summary>
    public double? MemoryUsage => Percent(MemoryTotal, MemoryAvailable);

    /// <summary>Percent of swap in use; null without swap.</summary>
    public double? SwapUsage => Percent(SwapTotal, SwapFree);

    private static double? Percent(long? total, long? free) =>
        total > 0 && free is not null ? Math.Clamp(100.0 * (total.Value - free.Value) / total.Value, 0, 100) : null;
}
