using LlamaBlazor.Domain.Parameters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>model_memory_config</c>.</summary>
internal sealed class MemoryConfigConfiguration : IEntityTypeConfiguration<MemoryConfig>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<MemoryConfig> builder)
    {
        builder.OwnedByModel("model_memory_config", "idx_memory_model_id");
    }
}
