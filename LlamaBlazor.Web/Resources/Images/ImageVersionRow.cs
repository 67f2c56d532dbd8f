using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Resources.Images;

/// <summary>A tag of an image: <c>image_versions</c> (seed S4.3).</summary>
public sealed class ImageVersionRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>The image.</summary>
    public long ImageId { get; set; }

    /// <summary>Tag.</summary>
    public string Tag { get; set; } = "";

    /// <summary>Content digest, as the runtime of this machine tells.</summary>
    public string? Digest { get; set; }

    /// <summary>Bytes on disk, as the runtime of this machine tells.</summary>
    public long? SizeBytes { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? CreatedAt { get; set; }

    /// <summary>CUDA inside.</summary>
    public string? CudaVersion { get; set; }

    /// <summary>Python inside.</summary>
    public string? PythonVersion { get; set; }

    /// <summary>llama.cpp build inside.</summary>
    public string? FrameworkVersion { get; set; }

    /// <summary>amd64 or arm64.</summary>
    public string Architecture { get; set; } = "";

    /// <summary>Manifest.</summary>
    public string? ManifestJson { get; set; }

    /// <summary>Present on this machine.</summary>
    public bool IsCached { get; set; }
}

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
