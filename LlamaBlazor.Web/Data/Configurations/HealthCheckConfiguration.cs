using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

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
