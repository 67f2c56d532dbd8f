using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Statistics;

/// <summary>A day of one model, rolled up before its requests are pruned: <c>stats_daily</c>.</summary>
public sealed class StatsDailyRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>yyyy-MM-dd, UTC.</summary>
    public string Day { get; set; } = "";

    /// <summary>The model.</summary>
    public string ModelName { get; set; } = "";

    /// <summary>How many.</summary>
    public long Requests { get; set; }

    /// <summary>How many failed.</summary>
    public long Failures { get; set; }

    /// <summary>How many came from the cache.</summary>
    public long CacheHits { get; set; }

    /// <summary>Sum.</summary>
    public long PromptTokens { get; set; }

    /// <summary>Sum.</summary>
    public long GeneratedTokens { get; set; }

    /// <summary>Sum.</summary>
    public double TotalTimeMs { get; set; }

    /// <summary>Mean.</summary>
    public double? TokensPerSecond { get; set; }
}

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
