using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Security.Keys;

/// <summary>A key of the endpoint: <c>api_keys</c>. Only a hash of the secret is kept.</summary>
public sealed class ApiKeyRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>For people.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the secret, hexadecimal; unique.</summary>
    public string Hash { get; set; } = "";

    /// <summary>First characters, to tell keys apart.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Comma list of inference, read, admin.</summary>
    public string Scopes { get; set; } = "";

    /// <summary>JSON array of allowed models; null is all.</summary>
    public string? Models { get; set; }

    /// <summary>Project it belongs to.</summary>
    public string? Project { get; set; }

    /// <summary>Limit.</summary>
    public long? RequestsPerMinute { get; set; }

    /// <summary>Limit.</summary>
    public long? TokensPerMinute { get; set; }

    /// <summary>Place in the queue; higher is sooner.</summary>
    public long Priority { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? ExpiresAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? LastUsedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long? RevokedAt { get; set; }
}

/// <summary>The table <c>api_keys</c>.</summary>
internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKeyRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ApiKeyRow> builder)
    {
        builder.ToTable("api_keys");
        builder.HasIndex(k => k.Hash, "idx_api_keys_hash").IsUnique();
    }
}
