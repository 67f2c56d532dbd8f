using LlamaBlazor.Domain.Parameters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>model_runtime</c>.</summary>
internal sealed class RuntimeConfigConfiguration : IEntityTypeConfiguration<RuntimeConfig>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<RuntimeConfig> builder)
    {
        builder.OwnedByModel("model_runtime", "idx_runtime_model_id");
    }
}
