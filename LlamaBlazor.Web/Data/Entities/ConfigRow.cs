using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A typed preference: <c>config</c> (seed S3.3).</summary>
public sealed class ConfigRow
{
    /// <summary>Primary key.</summary>
    public string Key { get; set; } = "";

    /// <summary>JSON.</summary>
    public string Value { get; set; } = "";

    /// <summary>str, int, float, bool or json.</summary>
    public string ValueType { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}

/// <summary>The table <c>config</c>.</summary>
internal sealed class ConfigConfiguration : IEntityTypeConfiguration<ConfigRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ConfigRow> builder)
    {
        builder.ToTable(
            "config",
            table => table.HasCheckConstraint("ck_config_value_type", "value_type IN ('str', 'int', 'float', 'bool', 'json')")
        );
        builder.HasKey(c => c.Key);
    }
}
