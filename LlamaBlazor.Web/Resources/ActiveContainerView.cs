using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Resources;

/// <summary>View <c>v_active_containers</c>: running instances with their averages of five minutes (seed S4.8).</summary>
public sealed class ActiveContainerView
{
    /// <summary>Name.</summary>
    public string ContainerName { get; set; } = "";

    /// <summary>Image or engine.</summary>
    public string ImageName { get; set; } = "";

    /// <summary>Project.</summary>
    public string ProjectPath { get; set; } = "";

    /// <summary>Always running.</summary>
    public string Status { get; set; } = "";

    /// <summary>Cores.</summary>
    public double? CpuLimit { get; set; }

    /// <summary>GiB.</summary>
    public double? MemoryLimitGb { get; set; }

    /// <summary>JSON array.</summary>
    public string? GpuDevices { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? StartedAt { get; set; }

    /// <summary>Percent, two places.</summary>
    public double? AvgCpu { get; set; }

    /// <summary>GiB, two places.</summary>
    public double? AvgMemoryGb { get; set; }
}

/// <summary>The view <c>v_active_containers</c>, created by SQL in the first migration.</summary>
internal sealed class ActiveContainerConfiguration : IEntityTypeConfiguration<ActiveContainerView>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ActiveContainerView> builder)
    {
        builder.HasNoKey().ToView("v_active_containers");
    }
}
