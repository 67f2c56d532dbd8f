using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

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
