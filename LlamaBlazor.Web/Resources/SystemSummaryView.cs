using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Resources;

/// <summary>View <c>v_system_summary</c>: the last hour in one row (seed S4.8).</summary>
public sealed class SystemSummaryView
{
    /// <summary>Mean.</summary>
    public double? AvgCpuPercent { get; set; }

    /// <summary>Highest.</summary>
    public double? MaxCpuPercent { get; set; }

    /// <summary>Mean.</summary>
    public double? AvgMemoryPercent { get; set; }

    /// <summary>Highest.</summary>
    public double? MaxMemoryPercent { get; set; }

    /// <summary>Mean GiB free.</summary>
    public double? AvgAvailableGb { get; set; }

    /// <summary>Rows read.</summary>
    public long SnapshotCount { get; set; }
}

/// <summary>The view <c>v_system_summary</c>, created by SQL in the first migration.</summary>
internal sealed class SystemSummaryConfiguration : IEntityTypeConfiguration<SystemSummaryView>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<SystemSummaryView> builder)
    {
        builder.HasNoKey().ToView("v_system_summary");
    }
}
