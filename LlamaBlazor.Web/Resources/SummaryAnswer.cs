namespace LlamaBlazor.Web.Resources;

/// <summary>The answer of <c>/api/system/summary</c>.</summary>
internal sealed record SummaryAnswer
{
    /// <summary>Mean.</summary>
    public double? AvgCpuPercent { get; init; }

    /// <summary>Highest.</summary>
    public double? MaxCpuPercent { get; init; }

    /// <summary>Mean.</summary>
    public double? AvgMemoryPercent { get; init; }

    /// <summary>Highest.</summary>
    public double? MaxMemoryPercent { get; init; }

    /// <summary>Mean GiB free.</summary>
    public double? AvgAvailableGb { get; init; }

    /// <summary>Rows read.</summary>
    public long SnapshotCount { get; init; }

    /// <summary>The answer for one.</summary>
    /// <param name="row">What it is made of.</param>
    public static SummaryAnswer Of(SystemSummaryView row) =>
        new()
        {
            AvgCpuPercent = row.AvgCpuPercent,
            MaxCpuPercent = row.MaxCpuPercent,
            AvgMemoryPercent = row.AvgMemoryPercent,
            MaxMemoryPercent = row.MaxMemoryPercent,
            AvgAvailableGb = row.AvgAvailableGb,
            SnapshotCount = row.SnapshotCount,
        };
}
