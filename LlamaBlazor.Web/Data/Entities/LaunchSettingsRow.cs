using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>Launch settings as one JSON object under key <c>config</c>: <c>server_config</c> (seed S1.5).</summary>
public sealed class LaunchSettingsRow
{
    /// <summary>Primary key.</summary>
    public string Key { get; set; } = "";

    /// <summary>JSON.</summary>
    public string Value { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}

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
