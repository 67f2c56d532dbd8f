using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>container_instances</c>.</summary>
internal sealed class ContainerInstanceConfiguration : IEntityTypeConfiguration<ContainerInstanceRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ContainerInstanceRow> builder)
    {
        builder.ToTable(
            "container_instances",
            table =>
            {
                table.HasCheckConstraint(
                    "ck_containers_status",
                    "status IN ('created', 'starting', 'running', 'stopping', 'stopped', 'error', 'deleted')"
                );
                table.HasCheckConstraint("ck_containers_kind", "kind IN ('process', 'docker')");
            }
        );
        builder.Property(c => c.Status).HasDefaultValue("created");
        builder.Property(c => c.Kind).HasDefaultValue("process");
        builder.HasOne<Model>().WithMany().HasForeignKey(c => c.ModelId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<UserRow>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.SetNull);
        builder.HasAlternateKey(c => c.ContainerId).HasName("ak_containers_container_id");
        builder.HasIndex(c => c.Status, "idx_containers_status");
        builder.HasIndex(c => c.ProjectPath, "idx_containers_project");
        builder.HasIndex(c => c.ModelId, "idx_containers_model");
        builder.HasIndex(c => c.UserId, "idx_containers_user");
    }
}
