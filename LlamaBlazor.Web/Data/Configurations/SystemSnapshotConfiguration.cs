using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>system_snapshots</c>.</summary>
internal sealed class SystemSnapshotConfiguration : IEntityTypeConfiguration<SystemSnapshotRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<SystemSnapshotRow> builder)
    {
        builder.ToTable("system_snapshots");
        builder.Property(s => s.Load1Min).HasColumnName("load_1min");
        builder.Property(s => s.Load5Min).HasColumnName("load_5min");
        builder.Property(s => s.Load15Min).HasColumnName("load_15min");
        builder.HasIndex(s => s.Timestamp, "idx_snapshots_timestamp");
    }
}
