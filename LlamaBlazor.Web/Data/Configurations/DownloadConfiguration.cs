using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

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
