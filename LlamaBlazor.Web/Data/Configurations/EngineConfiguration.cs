using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>engines</c>.</summary>
internal sealed class EngineConfiguration : IEntityTypeConfiguration<EngineRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<EngineRow> builder)
    {
        builder.ToTable("engines");
        builder.HasKey(e => e.Path);
    }
}
