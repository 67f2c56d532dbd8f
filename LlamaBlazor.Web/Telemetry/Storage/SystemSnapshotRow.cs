using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Telemetry.Storage;

/// <summary>The machine every 30 s: <c>system_snapshots</c>, 30 days (seed S4.6).</summary>
public sealed class SystemSnapshotRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long Timestamp { get; set; }

    /// <summary>Of all cores.</summary>
    public double? CpuPercent { get; set; }

    /// <summary>Logical.</summary>
    public long? CpuCores { get; set; }

    /// <summary>GiB.</summary>
    public double? MemoryTotalGb { get; set; }

    /// <summary>GiB.</summary>
    public double? MemoryUsedGb { get; set; }

    /// <summary>GiB.</summary>
    public double? MemoryAvailableGb { get; set; }

    /// <summary>Used.</summary>
    public double? MemoryPercent { get; set; }

    /// <summary>JSON array.</summary>
    public string? GpuStats { get; set; }

    /// <summary>Load average.</summary>
    public double? Load1Min { get; set; }

    /// <summary>Load average.</summary>
    public double? Load5Min { get; set; }

    /// <summary>Load average.</summary>
    public double? Load15Min { get; set; }
}

/// <summary>The table <c>system_snapshots</c>.</summary>
internal sealed class SystemSnapshotConfiguration : IEntityTypeConfiguration<SystemSnapshotRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<SystemSnapshotRow> builder)
    {
        builder.ToTable("system_snapshots");
        builder.Property(s => s.Load1Min).HasColumnName("load_1min");
        builder.Property(s => s.Load5Min).HasColumnName("load_5min");
        builder.Property(s => s.Load15Min).HasColumnName("load_15min");
        builder.HasIndex(s => s.Timestamp, "idx_snapshots_timestamp");
    }
}
