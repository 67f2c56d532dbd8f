using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Telemetry.Gpu;
using LlamaBlazor.Web.Telemetry.Machine;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>Puts one sample together from all readers. One thread calls it.</summary>
internal sealed class SampleSource(
    IMachineReader machine,
    DiskReader disk,
    InstanceSamples instances,
    RequestMeter requests,
    GpuDrivers drivers,
    TimeProvider clock
) : IDisposable
{
    /// <summary>How long a sample waits for the GPUs; a driver that is slower costs its values, not the sample.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);

    private static readonly TimeSpan FirstPatience = TimeSpan.FromMilliseconds(500);

    private readonly long _startedAt = clock.GetTimestamp();
    private MachineReading? _last;
    private long _lastAt;

    /// <summary>Makes the first sample complete, where disk and drivers answer soon. Call once, before <see cref="TakeAsync"/>.</summary>
    public Task PrepareAsync(CancellationToken cancellation) =>
        Task.WhenAll(disk.PrepareAsync(cancellation), drivers.ReadAsync(FirstPatience, withProcesses: false, cancellation));

    /// <summary>Reads everything once.</summary>
    public async Task<(Sample Sample, MachineReading Machine)> TakeAsync(CancellationToken cancellation)
    {
        disk.Refresh();
        var cards = await drivers.ReadAsync(Patience, instances.IsAnyActive, cancellation).ConfigureAwait(false);
        var now = clock.GetTimestamp();
        var reading = machine.Read();
        var seconds = _last is null ? 0 : clock.GetElapsedTime(_lastAt, now).TotalSeconds;
        var used = instances.Read(cards.Processes);
        var sample = Describe(reading, cards.Gpus, used) with
        {
            NetRx = Rate(_last?.NetworkReceived, reading.NetworkReceived, seconds),
            NetTx = Rate(_last?.NetworkSent, reading.NetworkSent, seconds),
        };
        (_last, _lastAt) = (reading, now);
        return (sample, reading);
    }

    /// <inheritdoc/>
    public void Dispose() => machine.Dispose();

    private Sample Describe(MachineReading reading, IReadOnlyList<GpuSample> gpus, IReadOnlyList<InstanceSample> used) =>
        new()
        {
            Timestamp = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            CpuUsage = Round(reading.CpuUsage) ?? 0,
            MemoryUsage = Round(reading.MemoryUsage) ?? 0,
            DiskUsage = Round(disk.Latest) ?? 0,
            SwapUsage = Round(reading.SwapUsage),
            Load1Min = reading.Load?.One,
            GpuUsage = Round(gpus.Average(gpu => gpu.Usage)),
            GpuTemperature = gpus.Max(gpu => gpu.Temperature),
            GpuMemoryUsed = Round(Sum(gpus, gpu => gpu.MemoryUsed)),
            GpuMemoryTotal = Round(Sum(gpus, gpu => gpu.MemoryTotal)),
            GpuPowerUsage = Round(Sum(gpus, gpu => gpu.Power)),
            ActiveModels = used.Count(instance => instance.Phase is InstancePhase.Loading or InstancePhase.Running),
            Uptime = (long)clock.GetElapsedTime(_startedAt).TotalSeconds,
            RequestsPerMinute = requests.PerMinute,
            TokensPerSecond = Round(used.Sum(instance => instance.TokensPerSecond ?? 0)),
            Gpus = gpus,
            Instances = used,
        };

    // A sum of what is known; null when nothing is.
    private static double? Sum(IReadOnlyList<GpuSample> gpus, Func<GpuSample, double?> value) =>
        gpus.Any(gpu => value(gpu) is not null) ? gpus.Sum(value) : null;

    // A counter that went back belongs to an interface that came or went: unknown for this tick.
    private static double? Rate(long? before, long? now, double seconds) =>
        seconds > 0 && now >= before ? Round((now - before) / seconds) : null;

    /// <summary>To two digits behind the point; null stays null.</summary>
    public static double? Round(double? value) => value is { } number ? Math.Round(number, 2) : null;
}
