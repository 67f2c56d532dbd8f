using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Memory;

namespace LlamaBlazor.Web.Instances.Admission;

/// <summary>What a start is expected to need.</summary>
/// <param name="Memory">Bytes of memory.</param>
/// <param name="Vram">Bytes on GPUs; 0 when that is not known.</param>
/// <param name="Cores">Cores it counts for.</param>
/// <param name="Gpus">How it takes GPUs.</param>
/// <param name="Devices">GPUs of the machine as its engine names them; empty where it has none or cannot be asked.</param>
internal sealed record StartDemand(
    long Memory,
    long Vram,
    double Cores,
    GpuWish Gpus,
    IReadOnlyList<Domain.Parameters.EngineDevice> Devices
)
{
    /// <summary>What its memory was estimated from, or null where its file cannot be read.</summary>
    public MemoryCase? Estimated { get; init; }
}
