using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A rule that watches a metric: <c>alerts</c>.</summary>
public sealed class AlertRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>For people.</summary>
    public string Name { get; set; } = "";

    /// <summary>Field of a sample.</summary>
    public string Metric { get; set; } = "";

    /// <summary>Fires above it.</summary>
    public double Threshold { get; set; }

    /// <summary>That long.</summary>
    public long DurationSeconds { get; set; }

    /// <summary>Silent that long after.</summary>
    public long CooldownSeconds { get; set; }

    /// <summary>info, warning or critical.</summary>
    public string Severity { get; set; } = "";

    /// <summary>On.</summary>
    public bool Enabled { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? LastFiredAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}

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
