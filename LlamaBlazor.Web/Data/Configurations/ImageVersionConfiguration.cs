using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>image_versions</c>.</summary>
internal sealed class ImageVersionConfiguration : IEntityTypeConfiguration<ImageVersionRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ImageVersionRow> builder)
    {
        builder.ToTable("image_versions");
        builder.Property(v => v.Architecture).HasDefaultValue("amd64");
        builder.HasOne<ImageRow>().WithMany().HasForeignKey(v => v.ImageId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(v => v.ImageId, "idx_versions_image");
        builder.HasIndex(v => new { v.ImageId, v.Tag }, "idx_versions_tag").IsUnique();
    }
}
