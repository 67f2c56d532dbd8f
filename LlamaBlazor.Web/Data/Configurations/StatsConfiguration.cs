using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>stats</c>.</summary>
internal sealed class StatsConfiguration : IEntityTypeConfiguration<StatsRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<StatsRow> builder)
    {
        builder.ToTable("stats");
        builder.HasIndex(s => s.ModelName, "idx_stats_model");
        builder.HasIndex(s => s.SessionId, "idx_stats_session");
        builder.HasIndex(s => s.CreatedAt, "idx_stats_created");
    }
}
