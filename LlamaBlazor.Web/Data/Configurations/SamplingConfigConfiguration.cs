using LlamaBlazor.Domain.Parameters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>model_sampling_config</c>.</summary>
internal sealed class SamplingConfigConfiguration : IEntityTypeConfiguration<SamplingConfig>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<SamplingConfig> builder)
    {
        builder.OwnedByModel("model_sampling_config", "idx_sampling_model_id");
    }
}
