using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>A row of an older database that fits nowhere: <c>import_leftovers</c>, kept so that nothing is lost.</summary>
public sealed class ImportLeftoverRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>File it came from.</summary>
    public string Source { get; set; } = "";

    /// <summary>Its table.</summary>
    public string TableName { get; set; } = "";

    /// <summary>All its values.</summary>
    public string RowJson { get; set; } = "";

    /// <summary>Why it was not converted.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }
}

/// <summary>The table <c>import_leftovers</c>.</summary>
internal sealed class ImportLeftoverConfiguration : IEntityTypeConfiguration<ImportLeftoverRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ImportLeftoverRow> builder)
    {
        builder.ToTable("import_leftovers");
    }
}
