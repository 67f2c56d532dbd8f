using LlamaBlazor.Web.Telemetry.Storage;

namespace LlamaBlazor.Web.Resources;

/// <summary>The machine at one moment, in the answer of <c>/api/system/snapshots</c>.</summary>
internal sealed record SnapshotAnswer
{
    /// <summary>Primary key.</summary>
    public long Id { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long Timestamp { get; init; }

    /// <summary>Of all cores.</summary>
    public double? CpuPercent { get; init; }

    /// <summary>Logical.</summary>
    public long? CpuCores { get; init; }

    /// <summary>GiB.</summary>
    public double? MemoryTotalGb { get; init; }

    /// <summary>GiB.</summary>
    public double? MemoryUsedGb { get; init; }

    /// <summary>GiB.</summary>
    public double? MemoryAvailableGb { get; init; }

    /// <summary>Used.</summary>
    public double? MemoryPercent { get; init; }

    /// <summary>JSON array.</summary>
    public string? GpuStats { get; init; }

    /// <summary>Load average.</summary>
    public double? Load1Min { get; init; }

    /// <summary>Load average.</summary>
    public double? Load5Min { get; init; }

    /// <summary>Load average.</summary>
    public double? Load15Min { get; init; }

    /// <summary>The answer for one.</summary>
    /// <param name="row">What it is made of.</param>
    public static SnapshotAnswer Of(SystemSnapshotRow row) =>
        new()
        {
            Id = row.Id,
            Timestamp = row.Timestamp,
            CpuPercent = row.CpuPercent,
            CpuCores = row.CpuCores,
            MemoryTotalGb = row.MemoryTotalGb,
            MemoryUsedGb = row.MemoryUsedGb,
            MemoryAvailableGb = row.MemoryAvailableGb,
            MemoryPercent = row.MemoryPercent,
            GpuStats = row.GpuStats,
            Load1Min = row.Load1Min,
            Load5Min = row.Load5Min,
            Load15Min = row.Load15Min,
        };
}
