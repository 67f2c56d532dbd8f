using LlamaBlazor.Domain.Parameters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>model_multimodal_config</c>.</summary>
internal sealed class MultimodalConfigConfiguration : IEntityTypeConfiguration<MultimodalConfig>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<MultimodalConfig> builder)
    {
        builder.OwnedByModel("model_multimodal_config", "idx_multimodal_model_id");
    }
}
