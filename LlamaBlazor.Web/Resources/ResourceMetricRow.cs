using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Resources;

/// <summary>What one instance used: <c>resource_metrics</c>, every 30 s, 7 days (seed S4.5).</summary>
public sealed class ResourceMetricRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>The instance.</summary>
    public string ContainerId { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long Timestamp { get; set; }

    /// <summary>Percent of one core.</summary>
    public double? CpuPercent { get; set; }

    /// <summary>GiB.</summary>
    public double? MemoryUsedGb { get; set; }

    /// <summary>Of the machine.</summary>
    public double? MemoryPercent { get; set; }

    /// <summary>JSON array.</summary>
    public string? GpuMetrics { get; set; }

    /// <summary>MiB since start.</summary>
    public double? DiskReadMb { get; set; }

    /// <summary>MiB since start.</summary>
    public double? DiskWriteMb { get; set; }

    /// <summary>MiB since start.</summary>
    public double? NetworkRxMb { get; set; }

    /// <summary>MiB since start.</summary>
    public double? NetworkTxMb { get; set; }
}

/// <summary>The table <c>resource_metrics</c>.</summary>
internal sealed class ResourceMetricConfiguration : IEntityTypeConfiguration<ResourceMetricRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ResourceMetricRow> builder)
    {
        builder.ToTable("resource_metrics");
        builder
            .HasOne<ContainerInstanceRow>()
            .WithMany()
            .HasForeignKey(m => m.ContainerId)
            .HasPrincipalKey(c => c.ContainerId)
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(m => new { m.ContainerId, m.Timestamp }, "idx_metrics_container");
        builder.HasIndex(m => m.Timestamp, "idx_resource_metrics_timestamp");
    }
}
