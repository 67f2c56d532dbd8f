using LlamaBlazor.Domain.Parameters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>model_lora_config</c>.</summary>
internal sealed class LoraConfigConfiguration : IEntityTypeConfiguration<LoraConfig>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<LoraConfig> builder)
    {
        builder.OwnedByModel("model_lora_config", "idx_lora_model_id");
    }
}
