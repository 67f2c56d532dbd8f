using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Downloads;

/// <summary>A model being fetched: <c>downloads</c>. Survives restarts, so that a part on disk can be resumed.</summary>
public sealed class DownloadRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Where from, without secrets.</summary>
    public string Url { get; set; } = "";

    /// <summary>Where to; the part is beside it as <c>.part</c>.</summary>
    public string TargetPath { get; set; } = "";

    /// <summary>queued, running, paused, done, failed or cancelled.</summary>
    public string Status { get; set; } = "";

    /// <summary>As the server says.</summary>
    public long? TotalBytes { get; set; }

    /// <summary>On disk.</summary>
    public long ReceivedBytes { get; set; }

    /// <summary>Expected, hexadecimal.</summary>
    public string? Sha256 { get; set; }

    /// <summary>To resume the same file only.</summary>
    public string? Etag { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}

/// <summary>The table <c>downloads</c>.</summary>
internal sealed class DownloadConfiguration : IEntityTypeConfiguration<DownloadRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<DownloadRow> builder)
    {
        builder.ToTable(
            "downloads",
            table =>
                table.HasCheckConstraint("ck_downloads_status", "status IN ('queued', 'running', 'paused', 'done', 'failed', 'cancelled')")
        );
        builder.HasIndex(d => d.Status, "idx_downloads_status");
    }
}
