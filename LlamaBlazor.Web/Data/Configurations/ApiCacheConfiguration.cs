using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>api_cache</c>.</summary>
internal sealed class ApiCacheConfiguration : IEntityTypeConfiguration<ApiCacheRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ApiCacheRow> builder)
    {
        builder.ToTable("api_cache");
        builder.HasKey(c => c.Endpoint);
        builder.HasIndex(c => c.ExpiresAt, "idx_api_cache_expires");
    }
}
