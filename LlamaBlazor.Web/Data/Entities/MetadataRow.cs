using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A fact of the dashboard itself: <c>metadata</c> (seed S0.24).</summary>
public sealed class MetadataRow
{
    /// <summary>Primary key.</summary>
    public string Key { get; set; } = "";

    /// <summary>Text.</summary>
    public string Value { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}

/// <summary>The table <c>metadata</c>. Its key needs no second index (acceptance C1.15).</summary>
internal sealed class MetadataConfiguration : IEntityTypeConfiguration<MetadataRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<MetadataRow> builder)
    {
        builder.ToTable("metadata");
        builder.HasKey(m => m.Key);
    }
}
