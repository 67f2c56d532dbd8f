using LlamaBlazor.Domain.Parameters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>model_server_config</c>: one row that belongs to no model and survives them all.</summary>
internal sealed class ServerConfigConfiguration : IEntityTypeConfiguration<ServerConfig>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ServerConfig> builder)
    {
        builder.ToTable("model_server_config", table => table.HasCheckConstraint("ck_model_server_config_single", "id = 1"));
        builder.Property(c => c.Id).ValueGeneratedNever();
    }
}
