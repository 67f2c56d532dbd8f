using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>schema_version</c>.</summary>
internal sealed class SchemaVersionConfiguration : IEntityTypeConfiguration<SchemaVersionRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<SchemaVersionRow> builder)
    {
        builder.ToTable("schema_version");
        builder.HasKey(v => v.Version);
        builder.Property(v => v.Version).ValueGeneratedNever();
    }
}
