using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Resources.Images;

/// <summary>An image of the catalogue: <c>ngc_images</c> (seed S4.2).</summary>
public sealed class ImageRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Host of the registry.</summary>
    public string Registry { get; set; } = "";

    /// <summary>Last part of its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>For people.</summary>
    public string? DisplayName { get; set; }

    /// <summary>First part.</summary>
    public string Organization { get; set; } = "";

    /// <summary>Middle part, or empty.</summary>
    public string Team { get; set; } = "";

    /// <summary>server, full or light.</summary>
    public string? Category { get; set; }

    /// <summary>For people.</summary>
    public string? Description { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? UpdatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? LastSynced { get; set; }
}

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
