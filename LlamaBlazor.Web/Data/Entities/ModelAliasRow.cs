using LlamaBlazor.Domain.Models;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Entities;

/// <summary>Another name of a model, which may set sampling parameters of its own: <c>model_aliases</c>.</summary>
public sealed class ModelAliasRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Unique without regard to case, also against model names.</summary>
    public string Name { get; set; } = "";

    /// <summary>The model; the alias goes with it.</summary>
    public long ModelId { get; set; }

    /// <summary>Request fields to set, as a JSON object; null for a plain alias.</summary>
    public string? ParametersJson { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}

/// <summary>The table <c>model_aliases</c>.</summary>
internal sealed class ModelAliasConfiguration : IEntityTypeConfiguration<ModelAliasRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ModelAliasRow> builder)
    {
        builder.ToTable("model_aliases");
        builder.Property(a => a.Name).UseCollation("NOCASE");
        builder.HasOne<Model>().WithMany().HasForeignKey(a => a.ModelId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(a => a.Name, "idx_model_aliases_name").IsUnique();
        builder.HasIndex(a => a.ModelId, "idx_model_aliases_model");
    }
}
