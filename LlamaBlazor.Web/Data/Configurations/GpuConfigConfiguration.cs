using LlamaBlazor.Domain.Parameters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>model_gpu_config</c>.</summary>
internal sealed class GpuConfigConfiguration : IEntityTypeConfiguration<GpuConfig>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<GpuConfig> builder)
    {
        builder.OwnedByModel("model_gpu_config", "idx_gpu_model_id");
    }
}
