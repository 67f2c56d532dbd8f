using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>stats_daily</c>.</summary>
internal sealed class StatsDailyConfiguration : IEntityTypeConfiguration<StatsDailyRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<StatsDailyRow> builder)
    {
        builder.ToTable("stats_daily");
        builder.HasIndex(s => new { s.Day, s.ModelName }, "idx_stats_daily_day_model").IsUnique();
    }
}
