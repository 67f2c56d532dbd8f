using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

internal static class TableExtensions
{
    /// <summary>One row a model, deleted with it: a unique <c>model_id</c> with ON DELETE CASCADE (acceptance C0.2).</summary>
    public static void OwnedByModel<T>(this EntityTypeBuilder<T> builder, string table, string index)
        where T : ModelConfigRecord
    {
        builder.ToTable(table);
        builder.HasIndex(c => c.ModelId, index).IsUnique();
        builder.HasOne<Model>().WithOne().HasForeignKey<T>(c => c.ModelId).OnDelete(DeleteBehavior.Cascade);
    }
}
