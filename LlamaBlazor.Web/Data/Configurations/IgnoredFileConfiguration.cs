using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>ignored_files</c>.</summary>
internal sealed class IgnoredFileConfiguration : IEntityTypeConfiguration<IgnoredFileRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<IgnoredFileRow> builder)
    {
        builder.ToTable("ignored_files");
        builder.HasKey(f => f.Path);
    }
}
