using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

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
