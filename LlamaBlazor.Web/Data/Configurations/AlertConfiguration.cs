using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>alerts</c>.</summary>
internal sealed class AlertConfiguration : IEntityTypeConfiguration<AlertRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<AlertRow> builder)
    {
        builder.ToTable("alerts", table => table.HasCheckConstraint("ck_alerts_severity", "severity IN ('info', 'warning', 'critical')"));
        builder.HasIndex(a => a.Name, "idx_alerts_name").IsUnique();
    }
}
