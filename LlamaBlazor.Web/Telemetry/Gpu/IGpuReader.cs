using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Gpu;

/// <summary>Reads the GPUs of one maker. Called by one thread; a call may not come back: <see cref="GpuDriver"/> keeps it apart.</summary>
internal interface IGpuReader : IDisposable
{
    /// <summary>Why a card or the driver has gone at the last look, so that it is to be opened anew; null while all is well.</summary>
    string? Problem => null;

    /// <summary>Looks once at each GPU. A value the driver does not tell is null.</summary>
    IReadOnlyList<GpuSample> Read();

    /// <summary>MiB that each process holds on all GPUs of this maker; empty where the driver does not tell.</summary>
    IReadOnlyDictionary<int, double> ReadProcesses() => GpuLook.NoProcesses;
}

/// <summary>What one look at a maker's GPUs found.</summary>
/// <param name="Gpus">Each card.</param>
/// <param name="Processes">MiB by process id.</param>
/// <param name="State">How the driver is.</param>
/// <param name="Detail">Why it has no values, or null.</param>
internal sealed record GpuLook(
    IReadOnlyList<GpuSample> Gpus,
    IReadOnlyDictionary<int, double> Processes,
    GpuDriverState State,
    string? Detail
)
{
    /// <summary>No process.</summary>
    public static IReadOnlyDictionary<int, double> NoProcesses { get; } = new Dictionary<int, double>();

    /// <summary>Nobody has looked yet.</summary>
    public static GpuLook Nothing { get; } = new([], NoProcesses, GpuDriverState.Absent, null);

    /// <summary>The same cards, of which nothing is known now.</summary>
    public GpuLook Unknown(GpuDriverState state, string detail) =>
        new(
            [.. Gpus.Select(gpu => gpu with { Usage = null, MemoryUsed = null, Temperature = null, Power = null })],
            NoProcesses,
            state,
            detail
        );
}

/// <summary>How a driver is.</summary>
internal enum GpuDriverState
{
    /// <summary>There is none, or no card of its maker.</summary>
    Absent,

    /// <summary>It answers.</summary>
    Ready,

    /// <summary>It is there and does not work; it is tried again.</summary>
    Failed,

    /// <summary>A call has not come back.</summary>
    Hanging,
}
