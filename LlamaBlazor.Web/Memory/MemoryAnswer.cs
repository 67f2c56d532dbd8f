using LlamaBlazor.Domain.Models.Memory;

namespace LlamaBlazor.Web.Memory;

/// <summary>The answer of <c>GET /api/models/{id}/memory</c> (product.md 16); sizes in bytes.</summary>
/// <param name="WeightsBytes">All weights.</param>
/// <param name="KvCacheBytes">Keys and values, and the states of recurrent layers.</param>
/// <param name="ComputeBytes">Buffers of the computation.</param>
/// <param name="ProjectorBytes">The projector.</param>
/// <param name="DraftBytes">The draft model.</param>
/// <param name="TotalBytes">All of it.</param>
/// <param name="CtxSize">Tokens of context it is for.</param>
/// <param name="GpuLayers">Layers on GPUs.</param>
/// <param name="Devices">Each device, main memory last.</param>
/// <param name="Fits">False only where it is known not to fit.</param>
/// <param name="MaxCtxSize">The longest context that fits.</param>
/// <param name="MaxGpuLayers">The most layers that fit on GPUs.</param>
internal sealed record MemoryAnswer(
    long WeightsBytes,
    long KvCacheBytes,
    long ComputeBytes,
    long ProjectorBytes,
    long DraftBytes,
    long TotalBytes,
    long CtxSize,
    int GpuLayers,
    IReadOnlyList<DeviceUseAnswer> Devices,
    bool Fits,
    long MaxCtxSize,
    int MaxGpuLayers
)
{
    /// <summary>The answer for a projection.</summary>
    /// <param name="of">The projection.</param>
    public static MemoryAnswer Of(MemoryProjection of) =>
        new(
            of.WeightsBytes,
            of.KvCacheBytes,
            of.ComputeBytes,
            of.ProjectorBytes,
            of.DraftBytes,
            of.TotalBytes,
            of.CtxSize,
            of.GpuLayers,
            [.. of.Devices.Select(DeviceUseAnswer.Of)],
            of.Fits,
            of.MaxCtxSize,
            of.MaxGpuLayers
        );
}

/// <summary>How much of one device is taken.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Projected use.</param>
/// <param name="FreeBytes">What is free now, or null.</param>
/// <param name="DraftBytes">What the draft model takes of it.</param>
/// <param name="Fits">False only where it is known not to fit.</param>
internal sealed record DeviceUseAnswer(string Name, long Bytes, long? FreeBytes, long DraftBytes, bool Fits)
{
    /// <summary>The answer for a device.</summary>
    /// <param name="use">The device.</param>
    public static DeviceUseAnswer Of(DeviceUse use) => new(use.Name, use.Bytes, use.FreeBytes, use.DraftBytes, use.Fits);
}
