using LlamaBlazor.Domain.Models;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Parameters.History;

/// <summary>What a save changed, for history and undo: <c>config_revisions</c>, the last 50 of each section.</summary>
public sealed class ConfigRevisionRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>The model; null for the server settings.</summary>
    public long? ModelId { get; set; }

    /// <summary>Section of the configuration.</summary>
    public string Section { get; set; } = "";

    /// <summary>The revision this save made.</summary>
    public long Revision { get; set; }

    /// <summary>Changed columns before, as a JSON object.</summary>
    public string BeforeJson { get; set; } = "";

    /// <summary>The same after.</summary>
    public string AfterJson { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }
}

/// <summary>The table <c>config_revisions</c>.</summary>
internal sealed class ConfigRevisionConfiguration : IEntityTypeConfiguration<ConfigRevisionRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ConfigRevisionRow> builder)
    {
        builder.ToTable("config_revisions");
        builder.HasOne<Model>().WithMany().HasForeignKey(r => r.ModelId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(
            r => new
            {
                r.ModelId,
                r.Section,
                r.Revision,
            },
            "idx_config_revisions_section"
        );
    }
}
