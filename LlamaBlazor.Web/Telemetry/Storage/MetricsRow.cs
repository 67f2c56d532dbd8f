using LlamaBlazor.Domain.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Telemetry.Storage;

/// <summary>One minute of the machine, averaged: <c>metrics</c>, 10,000 rows or about a week (seed S1.3, acceptance C1.2).</summary>
public sealed class MetricsRow : MetricValues
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    // Seed S1.3 has it as REAL.
    /// <inheritdoc/>
    protected override Type ColumnType(MetricField field) => field.Name == "uptime" ? typeof(double) : base.ColumnType(field);
}

/// <summary>The table <c>metrics</c>.</summary>
internal sealed class MetricsConfiguration : IEntityTypeConfiguration<MetricsRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<MetricsRow> builder)
    {
        builder.ToTable("metrics");
        MetricValues.Map(builder);
        builder.HasIndex(m => m.Timestamp, "idx_metrics_timestamp").IsUnique();
    }
}
