using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>config_revisions</c>.</summary>
internal sealed class ConfigRevisionConfiguration : IEntityTypeConfiguration<ConfigRevisionRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ConfigRevisionRow> builder)
    {
        builder.ToTable("config_revisions");
        builder.HasOne<Model>().WithMany().HasForeignKey(r => r.ModelId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(
            r => new
            {
                r.ModelId,
                r.Section,
                r.Revision,
            },
            "idx_config_revisions_section"
        );
    }
}
