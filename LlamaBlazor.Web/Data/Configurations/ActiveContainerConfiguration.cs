using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The view <c>v_active_containers</c>, created by SQL in the first migration.</summary>
internal sealed class ActiveContainerConfiguration : IEntityTypeConfiguration<ActiveContainerView>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ActiveContainerView> builder)
    {
        builder.HasNoKey().ToView("v_active_containers");
    }
}
