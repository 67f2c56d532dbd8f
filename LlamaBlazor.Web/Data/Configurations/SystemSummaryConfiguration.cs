using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The view <c>v_system_summary</c>, created by SQL in the first migration.</summary>
internal sealed class SystemSummaryConfiguration : IEntityTypeConfiguration<SystemSummaryView>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<SystemSummaryView> builder)
    {
        builder.HasNoKey().ToView("v_system_summary");
    }
}
