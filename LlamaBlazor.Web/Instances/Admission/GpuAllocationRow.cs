using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Instances.Admission;

/// <summary>A GPU held by an instance: <c>gpu_allocations</c> (acceptance C4.2).</summary>
public sealed class GpuAllocationRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Device name, such as CUDA0.</summary>
    public string GpuId { get; set; } = "";

    /// <summary>Who holds it.</summary>
    public string ContainerName { get; set; } = "";

    /// <summary>exclusive or shared.</summary>
    public string Mode { get; set; } = "";

    /// <summary>MiB promised to a shared holder.</summary>
    public double? ReservedVramMb { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long AllocatedAt { get; set; }
}

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
