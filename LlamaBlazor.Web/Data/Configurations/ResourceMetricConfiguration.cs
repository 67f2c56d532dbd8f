using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

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
