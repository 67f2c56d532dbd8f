using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

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
