using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>logs</c>.</summary>
internal sealed class LogConfiguration : IEntityTypeConfiguration<LogRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<LogRow> builder)
    {
        builder.ToTable(
            "logs",
            table => table.HasCheckConstraint("ck_logs_level", "level IN ('debug', 'info', 'warn', 'error', 'critical')")
        );
        builder.Property(l => l.Source).HasDefaultValue("server");
        builder.HasOne<Model>().WithMany().HasForeignKey(l => l.ModelId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(l => new { l.Timestamp, l.Id }, "idx_logs_timestamp").IsDescending();
        // A page of any choice of sources, levels or one model is read in its order, without sorting what was found.
        builder
            .HasIndex(
                l => new
                {
                    l.Source,
                    l.Level,
                    l.Timestamp,
                    l.Id,
                },
                "idx_logs_source"
            )
            .IsDescending(false, false, true, true);
        builder.HasIndex(l => l.Level, "idx_logs_level");
        builder.HasIndex(l => l.Category, "idx_logs_category");
        builder.HasIndex(l => l.CreatedAt, "idx_logs_created");
        builder
            .HasIndex(
                l => new
                {
                    l.ModelId,
                    l.Level,
                    l.Timestamp,
                    l.Id,
                },
                "idx_logs_model"
            )
            .IsDescending(false, false, true, true);
    }
}
