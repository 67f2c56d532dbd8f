using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Cache;

/// <summary>One cached answer: <c>cache</c> (seed S3.4, acceptance 3).</summary>
public sealed class CacheRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>SHA-256 of endpoint, model identity and canonical body; unique.</summary>
    public string CacheKey { get; set; } = "";

    /// <summary>Text, preview or empty, as privacy allows.</summary>
    public string Prompt { get; set; } = "";

    /// <summary>SHA-256 of the prompt.</summary>
    public string PromptHash { get; set; } = "";

    /// <summary>The model's name.</summary>
    public string ModelPath { get; set; } = "";

    /// <summary>What of the request went into the key.</summary>
    public string ConfigJson { get; set; } = "";

    /// <summary>The answer's text.</summary>
    public string ResponseText { get; set; } = "";

    /// <summary>The whole answer.</summary>
    public string? ResponseJson { get; set; }

    /// <summary>As answered.</summary>
    public string? FinishReason { get; set; }

    /// <summary>As answered.</summary>
    public long? TokensGenerated { get; set; }

    /// <summary>As measured.</summary>
    public double? TokensPerSecond { get; set; }

    /// <summary>As measured.</summary>
    public double? GenerationTimeMs { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds; null never.</summary>
    public long? ExpiresAt { get; set; }

    /// <summary>Times served.</summary>
    public long HitCount { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? LastHitAt { get; set; }
}

/// <summary>The table <c>cache</c>.</summary>
internal sealed class CacheConfiguration : IEntityTypeConfiguration<CacheRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<CacheRow> builder)
    {
        builder.ToTable("cache");
        builder.HasIndex(c => c.CacheKey, "idx_cache_key").IsUnique();
        builder.HasIndex(c => c.PromptHash, "idx_cache_prompt_hash");
        builder.HasIndex(c => c.ModelPath, "idx_cache_model");
        builder.HasIndex(c => c.ExpiresAt, "idx_cache_expires");
        builder.HasIndex(c => c.CreatedAt, "idx_cache_created");
    }
}
