namespace LlamaBlazor.Web.Resources;

/// <summary>A running instance in the answer of <c>/api/system/active</c>.</summary>
internal sealed record ActiveAnswer
{
    /// <summary>Name.</summary>
    public required string ContainerName { get; init; }

    /// <summary>Image or engine.</summary>
    public required string ImageName { get; init; }

    /// <summary>Project.</summary>
    public required string ProjectPath { get; init; }

    /// <summary>Always running.</summary>
    public required string Status { get; init; }

    /// <summary>Cores.</summary>
    public double? CpuLimit { get; init; }

    /// <summary>GiB.</summary>
    public double? MemoryLimitGb { get; init; }

    /// <summary>JSON array.</summary>
    public string? GpuDevices { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long? StartedAt { get; init; }

    /// <summary>Percent, two places.</summary>
    public double? AvgCpu { get; init; }

    /// <summary>GiB, two places.</summary>
    public double? AvgMemoryGb { get; init; }

    /// <summary>The answer for one.</summary>
    /// <param name="row">What it is made of.</param>
    public static ActiveAnswer Of(ActiveContainerView row) =>
        new()
        {
            ContainerName = row.ContainerName,
            ImageName = row.ImageName,
            ProjectPath = row.ProjectPath,
            Status = row.Status,
            CpuLimit = row.CpuLimit,
            MemoryLimitGb = row.MemoryLimitGb,
            GpuDevices = row.GpuDevices,
            CreatedAt = row.CreatedAt,
            StartedAt = row.StartedAt,
            AvgCpu = row.AvgCpu,
            AvgMemoryGb = row.AvgMemoryGb,
        };
}
