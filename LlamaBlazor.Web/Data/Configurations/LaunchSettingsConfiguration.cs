using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>server_config</c>.</summary>
internal sealed class LaunchSettingsConfiguration : IEntityTypeConfiguration<LaunchSettingsRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<LaunchSettingsRow> builder)
    {
        builder.ToTable("server_config");
        builder.HasKey(s => s.Key);
    }
}
