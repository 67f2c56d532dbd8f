using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Telemetry.Storage;

/// <summary>One minute of the machine, averaged: <c>metrics</c>, 10,000 rows or about a week (seed S1.3, acceptance C1.2).</summary>
public sealed class MetricsRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Start of the minute, Unix milliseconds.</summary>
    public long Timestamp { get; set; }

    /// <summary>Mean percent of all cores.</summary>
    public double CpuUsage { get; set; }

    /// <summary>Mean percent of memory.</summary>
    public double MemoryUsage { get; set; }

    /// <summary>Mean percent of the disk with the models.</summary>
    public double DiskUsage { get; set; }

    /// <summary>Most models active in the minute.</summary>
    public long ActiveModels { get; set; }

    /// <summary>Seconds since the dashboard started, at the end of the minute.</summary>
    public double Uptime { get; set; }

    /// <summary>Mean percent.</summary>
    public double? GpuUsage { get; set; }

    /// <summary>Highest degrees Celsius.</summary>
    public double? GpuTemperature { get; set; }

    /// <summary>Mean MiB.</summary>
    public double? GpuMemoryUsed { get; set; }

    /// <summary>MiB.</summary>
    public double? GpuMemoryTotal { get; set; }

    /// <summary>Mean watts.</summary>
    public double? GpuPowerUsage { get; set; }

    /// <summary>Mean percent.</summary>
    public double? SwapUsage { get; set; }

    /// <summary>Requests in the minute.</summary>
    public double RequestsPerMinute { get; set; }

    /// <summary>Mean load.</summary>
    public double? Load1Min { get; set; }

    /// <summary>Mean bytes a second received.</summary>
    public double? NetRx { get; set; }

    /// <summary>Mean bytes a second sent.</summary>
    public double? NetTx { get; set; }

    /// <summary>Mean tokens a second.</summary>
    public double? TokensPerSecond { get; set; }
}

/// <summary>The table <c>metrics</c>.</summary>
internal sealed class MetricsConfiguration : IEntityTypeConfiguration<MetricsRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<MetricsRow> builder)
    {
        builder.ToTable("metrics");
        builder.Property(m => m.Load1Min).HasColumnName("load_1min");
        builder.HasIndex(m => m.Timestamp, "idx_metrics_timestamp").IsUnique();
    }
}
