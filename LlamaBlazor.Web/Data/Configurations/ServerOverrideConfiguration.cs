using LlamaBlazor.Domain.Parameters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>model_server_override</c>.</summary>
internal sealed class ServerOverrideConfiguration : IEntityTypeConfiguration<ServerOverride>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ServerOverride> builder)
    {
        builder.OwnedByModel("model_server_override", "idx_server_override_model_id");
    }
}
