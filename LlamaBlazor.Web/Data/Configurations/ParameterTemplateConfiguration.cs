using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>parameter_templates</c>.</summary>
internal sealed class ParameterTemplateConfiguration : IEntityTypeConfiguration<ParameterTemplateRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ParameterTemplateRow> builder)
    {
        builder.ToTable("parameter_templates");
        builder.Property(t => t.Name).UseCollation("NOCASE");
        builder.HasIndex(t => t.Name, "idx_parameter_templates_name").IsUnique();
    }
}
