using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Telemetry.Storage;

/// <summary>One raw sample of the machine: <c>metrics_history</c>, kept 10 minutes so that charts survive a restart (seed S0.23). GPU
/// columns are null without a GPU.</summary>
public sealed class MetricsHistoryRow : MetricValues
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

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
        MetricValues.Map(builder);
        builder.HasIndex(m => m.Timestamp, "idx_metrics_history_timestamp");
        builder.HasIndex(m => m.CreatedAt, "idx_metrics_created_at");
    }
}
