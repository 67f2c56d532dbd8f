using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A project and its limits: <c>project_quotas</c> (seed S4.7). Null is no limit; <c>current_*</c> are caches rebuilt from the
/// instances.</summary>
public sealed class ProjectQuotaRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Unique name.</summary>
    public string ProjectPath { get; set; } = "";

    /// <summary>Instances.</summary>
    public long? MaxContainers { get; set; }

    /// <summary>Cores.</summary>
    public double? MaxCpuCores { get; set; }

    /// <summary>GiB.</summary>
    public double? MaxMemoryGb { get; set; }

    /// <summary>GPUs.</summary>
    public long? MaxGpus { get; set; }

    /// <summary>Instances now.</summary>
    public long CurrentContainers { get; set; }

    /// <summary>Cores now.</summary>
    public double CurrentCpuCores { get; set; }

    /// <summary>GiB now.</summary>
    public double CurrentMemoryGb { get; set; }

    /// <summary>GPUs now.</summary>
    public long CurrentGpus { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}

/// <summary>The table <c>project_quotas</c>.</summary>
internal sealed class ProjectQuotaConfiguration : IEntityTypeConfiguration<ProjectQuotaRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ProjectQuotaRow> builder)
    {
        builder.ToTable("project_quotas");
        builder.Property(q => q.ProjectPath).UseCollation("NOCASE");
        builder.HasIndex(q => q.ProjectPath, "idx_project_quotas_path").IsUnique();
    }
}
