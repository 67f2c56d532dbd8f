using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>import_leftovers</c>.</summary>
internal sealed class ImportLeftoverConfiguration : IEntityTypeConfiguration<ImportLeftoverRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ImportLeftoverRow> builder)
    {
        builder.ToTable("import_leftovers");
    }
}
