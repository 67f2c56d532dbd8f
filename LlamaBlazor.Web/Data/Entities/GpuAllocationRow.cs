namespace LlamaBlazor.Web.Data.Entities;

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
