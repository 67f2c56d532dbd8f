using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Telemetry.Gpu;

namespace LlamaBlazor.Web.Resources;

/// <summary>Reads the GPUs at this very moment.</summary>
internal delegate IReadOnlyList<GpuSample> ReadGpus();

/// <summary>
/// The GPUs of this moment, for decisions: the last sample is up to a minute old, and memory that has just become free is what starts wait for. A driver that
/// does not answer holds nobody up: then the last sample counts.
/// </summary>
internal sealed class GpuMeter(ReadGpus read, MetricWindow window)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private Task<IReadOnlyList<GpuSample>>? _reading; // one at a time, also where it never ends

    /// <summary>The GPUs of the last sample.</summary>
    public IReadOnlyList<GpuSample> Last => window.Latest?.Gpus ?? [];

    /// <summary>The GPUs of now.</summary>
    public async Task<IReadOnlyList<GpuSample>> ReadAsync(CancellationToken cancellation)
    {
        Task<IReadOnlyList<GpuSample>> reading;
        lock (_gate)
            reading = _reading is { IsCompleted: false } running ? running : _reading = Task.Run(() => read(), CancellationToken.None);
        try
        {
            return await reading.WaitAsync(Limit, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Last;
        }
    }

    /// <summary>Readers of all drivers, opened with the first look.</summary>
    public static ReadGpus Drivers()
    {
        var readers = new Lazy<IReadOnlyList<IGpuReader>>(GpuReaders.Create);
        return () => [.. readers.Value.SelectMany(reader => reader.Read())];
    }
}
