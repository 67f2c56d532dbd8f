using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Resources.Images;

/// <summary>An answer of a remote registry: <c>api_cache</c>.</summary>
public sealed class ApiCacheRow
{
    /// <summary>Address; primary key.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>Body.</summary>
    public string Response { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long CachedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? ExpiresAt { get; set; }
}

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
