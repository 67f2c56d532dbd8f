using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Telemetry.Storage;

/// <summary>One raw sample of the machine: <c>metrics_history</c>, kept 10 minutes so that charts survive a restart (seed S0.23). GPU
/// columns are null without a GPU.</summary>
public sealed class MetricsHistoryRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>When it was taken, Unix milliseconds.</summary>
    public long Timestamp { get; set; }

    /// <summary>Percent of all cores, 0 to 100.</summary>
    public double CpuUsage { get; set; }

    /// <summary>Percent of physical memory.</summary>
    public double MemoryUsage { get; set; }

    /// <summary>Percent of the disk with the models.</summary>
    public double DiskUsage { get; set; }

    /// <summary>Percent, mean of all GPUs.</summary>
    public double? GpuUsage { get; set; }

    /// <summary>Degrees Celsius, hottest GPU.</summary>
    public double? GpuTemperature { get; set; }

    /// <summary>MiB, all GPUs.</summary>
    public double? GpuMemoryUsed { get; set; }

    /// <summary>MiB, all GPUs.</summary>
    public double? GpuMemoryTotal { get; set; }

    /// <summary>Watts, all GPUs.</summary>
    public double? GpuPowerUsage { get; set; }

    /// <summary>Models that are running or loading.</summary>
    public long ActiveModels { get; set; }

    /// <summary>Seconds since the dashboard started.</summary>
    public long Uptime { get; set; }

    /// <summary>Requests through the proxy in the last minute.</summary>
    public double RequestsPerMinute { get; set; }

    /// <summary>Percent of swap; null without swap.</summary>
    public double? SwapUsage { get; set; }

    /// <summary>Load average of one minute; null where the system has none.</summary>
    public double? Load1Min { get; set; }

    /// <summary>Bytes a second received.</summary>
    public double? NetRx { get; set; }

    /// <summary>Bytes a second sent.</summary>
    public double? NetTx { get; set; }

    /// <summary>Tokens generated a second, all models.</summary>
    public double? TokensPerSecond { get; set; }

    /// <summary>Each GPU, as a JSON array.</summary>
    public string? GpusJson { get; set; }

    /// <summary>When the row was written, Unix milliseconds.</summary>
    public long CreatedAt { get; set; }
}

/// <summary>The table <c>metrics_history</c>.</summary>
internal sealed class MetricsHistoryConfiguration : IEntityTypeConfiguration<MetricsHistoryRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<MetricsHistoryRow> builder)
    {
        builder.ToTable("metrics_history");
        builder.Property(m => m.Load1Min).HasColumnName("load_1min");
        builder.HasIndex(m => m.Timestamp, "idx_metrics_history_timestamp");
        builder.HasIndex(m => m.CreatedAt, "idx_metrics_created_at");
    }
}
