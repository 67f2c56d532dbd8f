using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>ngc_images</c>. Team is never null, or the unique index would not bind (acceptance C4.4).</summary>
internal sealed class ImageConfiguration : IEntityTypeConfiguration<ImageRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ImageRow> builder)
    {
        builder.ToTable("ngc_images");
        builder.Property(i => i.Team).HasDefaultValue("");
        builder
            .HasIndex(
                i => new
                {
                    i.Registry,
                    i.Organization,
                    i.Team,
                    i.Name,
                },
                "idx_images_identity"
            )
            .IsUnique();
        builder.HasIndex(i => i.Category, "idx_images_category");
        builder.HasIndex(i => i.Organization, "idx_images_org");
    }
}
