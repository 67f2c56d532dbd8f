using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>metadata</c>. Its key needs no second index (acceptance C1.15).</summary>
internal sealed class MetadataConfiguration : IEntityTypeConfiguration<MetadataRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<MetadataRow> builder)
    {
        builder.ToTable("metadata");
        builder.HasKey(m => m.Key);
    }
}
