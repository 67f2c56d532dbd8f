using LlamaBlazor.Domain.Parameters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>model_advanced_config</c>.</summary>
internal sealed class AdvancedConfigConfiguration : IEntityTypeConfiguration<AdvancedConfig>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<AdvancedConfig> builder)
    {
        builder.OwnedByModel("model_advanced_config", "idx_advanced_model_id");
    }
}
