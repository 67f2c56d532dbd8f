using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>model_aliases</c>.</summary>
internal sealed class ModelAliasConfiguration : IEntityTypeConfiguration<ModelAliasRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ModelAliasRow> builder)
    {
        builder.ToTable("model_aliases");
        builder.Property(a => a.Name).UseCollation("NOCASE");
        builder.HasOne<Model>().WithMany().HasForeignKey(a => a.ModelId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(a => a.Name, "idx_model_aliases_name").IsUnique();
        builder.HasIndex(a => a.ModelId, "idx_model_aliases_model");
    }
}
