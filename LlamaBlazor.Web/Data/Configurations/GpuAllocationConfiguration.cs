using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>gpu_allocations</c>. Two shared holders may stand side by side, two exclusive ones cannot (acceptance
/// C4.2).</summary>
internal sealed class GpuAllocationConfiguration : IEntityTypeConfiguration<GpuAllocationRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<GpuAllocationRow> builder)
    {
        builder.ToTable("gpu_allocations", table => table.HasCheckConstraint("ck_gpu_allocations_mode", "mode IN ('exclusive', 'shared')"));
        builder.Property(a => a.Mode).HasDefaultValue("exclusive");
        builder.HasIndex(a => new { a.GpuId, a.ContainerName }, "idx_gpu_allocations_gpu").IsUnique();
        builder.HasIndex(a => a.GpuId, "idx_gpu_allocations_exclusive").IsUnique().HasFilter("mode = 'exclusive'");
        builder.HasIndex(a => a.ContainerName, "idx_gpu_allocations_container");
    }
}
