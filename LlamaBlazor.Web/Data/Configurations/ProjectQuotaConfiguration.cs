using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

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
