using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Telemetry;

namespace LlamaBlazor.Web.Resources;

/// <summary>What each instance uses of the machine now.</summary>
internal sealed class InstanceReadings(MetricWindow window, MachineMeter machine, OwnContainers containers, Reservations places)
{
    private const double MbOfGb = 1024;
    private const double Mb = 1024 * 1024;

    /// <summary>A reading of each, in their order; null where nothing is known of one.</summary>
    /// <param name="living">The instances.</param>
    /// <param name="now">Time of the rows, Unix milliseconds.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<InstanceMetric?>> ReadAsync(
        IReadOnlyList<InstanceSnapshot> living,
        long now,
        CancellationToken cancellation
    )
    {
        var latest = window.Latest;
        var samples = latest?.Instances.ToDictionary(sample => sample.ModelId) ?? [];
        var usage = await containers.UsageAsync(cancellation).ConfigureAwait(false);
        return
        [
            .. living.Select(instance => Metric(instance, samples.GetValueOrDefault(instance.ModelId), latest?.Gpus ?? [], usage, now)),
        ];
    }

    // A container's figures come from its runtime, which counts everything in it; a process' from its last sample.
    private InstanceMetric? Metric(
        InstanceSnapshot instance,
        InstanceSample? sample,
        IReadOnlyList<GpuSample> gpus,
        IReadOnlyList<ContainerUsage> usage,
        long now
    )
    {
        var total = machine.Read().TotalMemory;
        var cards = places.CardsOf(instance.ModelId) is { Count: > 0 } own ? gpus.Where(gpu => own.Contains(gpu.Id)).ToList() : [];
        var row = new ResourceMetricRow { Timestamp = now, GpuMetrics = GpuMetrics(cards, sample?.Vram) };
        if (instance.ContainerId is { } id && usage.FirstOrDefault(item => id.StartsWith(item.Id, StringComparison.Ordinal)) is { } used)
        {
            (row.CpuPercent, row.MemoryUsedGb, row.MemoryPercent) = (
                used.CpuPercent,
                used.MemoryBytes / (Mb * MbOfGb),
                total > 0 ? used.MemoryBytes / total * 100 : null
            );
            (row.DiskReadMb, row.DiskWriteMb, row.NetworkRxMb, row.NetworkTxMb) = (
                used.DiskRead / Mb,
                used.DiskWrite / Mb,
                used.NetworkReceived / Mb,
                used.NetworkSent / Mb
            );
        }
        else if (sample is null)
        {
            return null;
        }
        else
        {
            var disk = instance.Pid is { } pid ? ProcessTable.DiskBytes(pid) : null;
            (row.CpuPercent, row.MemoryUsedGb, row.MemoryPercent) = (
                sample.Cpu,
                sample.Memory / MbOfGb,
                total > 0 ? sample.Memory * Mb / total * 100 : null
            );
            (row.DiskReadMb, row.DiskWriteMb) = (disk?.Read / Mb, disk?.Written / Mb);
        }

        return new InstanceMetric(row, cards.Average(gpu => gpu.Usage));
    }

    private static string? GpuMetrics(List<GpuSample> cards, double? vram) =>
        cards.Count == 0 && vram is null
            ? null
            : JsonSerializer.Serialize(
                new
                {
                    process_memory_mb = vram,
                    gpus = cards.Select(gpu => new
                    {
                        id = gpu.Id,
                        utilization = gpu.Usage,
                        memory_used_mb = gpu.MemoryUsed,
                        memory_total_mb = gpu.MemoryTotal,
                    }),
                }
            );
}
