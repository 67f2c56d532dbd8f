using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

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
