using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Telemetry.Gpu;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>
/// The GPUs of this moment, for decisions: the last sample is up to a minute old, and memory that has just become free is what starts wait
/// for. A driver that
/// does not answer holds nobody up: then its last values count.
/// </summary>
internal sealed class GpuMeter(GpuDrivers drivers, MetricWindow window)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    /// <summary>The GPUs of the last sample.</summary>
    public IReadOnlyList<GpuSample> Last => window.Latest?.Gpus ?? [];

    /// <summary>How each driver is.</summary>
    public IReadOnlyList<GpuDriverItem> Drivers => drivers.States;

    /// <summary>The GPUs of now.</summary>
    public async Task<IReadOnlyList<GpuSample>> ReadAsync(CancellationToken cancellation) =>
        (await drivers.ReadAsync(Limit, withProcesses: false, cancellation).ConfigureAwait(false)).Gpus;
}
