using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A set of values to apply to models: <c>parameter_templates</c>. The four built in are code, not rows.</summary>
public sealed class ParameterTemplateRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Unique.</summary>
    public string Name { get; set; } = "";

    /// <summary>For people.</summary>
    public string? Description { get; set; }

    /// <summary>{"section":{"column":value}}.</summary>
    public string ValuesJson { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}

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
