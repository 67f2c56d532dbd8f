using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>An applied migration, beside EF's own history: <c>schema_version</c> (seed S3.9).</summary>
public sealed class SchemaVersionRow
{
    /// <summary>Counts from 1.</summary>
    public long Version { get; set; }

    /// <summary>Its id.</summary>
    public string Migration { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long AppliedAt { get; set; }
}

/// <summary>The table <c>schema_version</c>.</summary>
internal sealed class SchemaVersionConfiguration : IEntityTypeConfiguration<SchemaVersionRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<SchemaVersionRow> builder)
    {
        builder.ToTable("schema_version");
        builder.HasKey(v => v.Version);
        builder.Property(v => v.Version).ValueGeneratedNever();
    }
}
