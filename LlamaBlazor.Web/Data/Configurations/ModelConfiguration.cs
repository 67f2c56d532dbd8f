using LlamaBlazor.Domain.Models;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>models</c>.</summary>
internal sealed class ModelConfiguration : IEntityTypeConfiguration<Model>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<Model> builder)
    {
        builder.ToTable(
            "models",
            table =>
            {
                table.HasCheckConstraint("ck_models_status", "status IN ('running', 'stopped', 'loading', 'error')");
                table.HasCheckConstraint("ck_models_role", "role IN ('model', 'projector', 'adapter', 'vocabulary', 'draft')");
            }
        );
        builder.Property(m => m.Name).UseCollation("NOCASE");
        builder.Property(m => m.Status).HasDefaultValue(ModelStatus.Stopped);
        builder.Property(m => m.Role).HasDefaultValue(ModelRole.Model);
        builder.Property(m => m.ChatTemplateText).HasColumnName("chat_template");
        builder.HasIndex(m => m.Name, "idx_models_name").IsUnique();
        builder.HasIndex(m => m.Uid, "idx_models_uid").IsUnique();
        builder.HasIndex(m => m.Status, "idx_models_status");
        builder.HasIndex(m => m.Type, "idx_models_type");
        builder.HasIndex(m => new { m.CreatedAt, m.Id }, "idx_models_created").IsDescending();
        builder.HasIndex(m => m.ModelPath, "idx_models_path");
    }
}
