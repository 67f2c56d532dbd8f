using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Resources;

/// <summary>A state of an instance's health for as long as it lasted: <c>health_checks</c> (seed S4.12). The newest row of an instance is
/// how it is.</summary>
public sealed class HealthCheckRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>The instance.</summary>
    public string ContainerId { get; set; } = "";

    /// <summary>When it was seen first, Unix milliseconds.</summary>
    public long Timestamp { get; set; }

    /// <summary>healthy, unhealthy or unknown.</summary>
    public string Status { get; set; } = "";

    /// <summary>Failures in a row.</summary>
    public long FailureCount { get; set; }

    /// <summary>When it was seen last, Unix milliseconds.</summary>
    public long CheckedAt { get; set; }

    /// <summary>Last answer.</summary>
    public string? Detail { get; set; }
}

/// <summary>The table <c>health_checks</c>: the states of each instance, one after another.</summary>
internal sealed class HealthCheckConfiguration : IEntityTypeConfiguration<HealthCheckRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<HealthCheckRow> builder)
    {
        builder.ToTable(
            "health_checks",
            table => table.HasCheckConstraint("ck_health_checks_status", "status IN ('healthy', 'unhealthy', 'unknown')")
        );
        builder
            .HasOne<ContainerInstanceRow>()
            .WithMany()
            .HasForeignKey(h => h.ContainerId)
            .HasPrincipalKey(c => c.ContainerId)
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(h => new { h.ContainerId, h.Timestamp }, "idx_health_checks_container");
    }
}
