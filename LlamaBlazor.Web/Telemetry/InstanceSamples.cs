using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Telemetry.Machine;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>What each instance uses and does at the moment of a sample. One thread calls it.</summary>
internal sealed class InstanceSamples(InstanceRegistry registry, ProcessReader processes, EngineScraper engines)
{
    /// <summary>Whether there is any to read.</summary>
    public bool IsAnyActive => registry.Active.Any();

    /// <summary>Reads all that load, run or stop, by the ids of their models.</summary>
    /// <param name="held">Megabytes of GPU memory that processes hold, by process id.</param>
    public IReadOnlyList<InstanceSample> Read(IReadOnlyDictionary<int, double> held)
    {
        var active = registry.Active.OrderBy(instance => instance.ModelId).ToList();
        InstanceSample[] samples = [.. active.Select(instance => Read(instance, held))];
        processes.Keep(active.Select(instance => instance.Pid ?? 0).ToHashSet());
        return samples;
    }

    private InstanceSample Read(InstanceSnapshot instance, IReadOnlyDictionary<int, double> held)
    {
        var (cpu, memory) = instance.Pid is { } pid ? processes.Read(pid) : (null, null);
        var engine = engines.Find(instance.ModelId);
        return new InstanceSample(
            instance.ModelId,
            instance.Model,
            instance.Phase,
            SampleSource.Round(cpu),
            SampleSource.Round(memory),
            SampleSource.Round(engine?.TokensPerSecond),
            engine?.SlotsBusy,
            engine?.SlotsTotal,
            SampleSource.Round(engine?.KvUsage),
            engine?.Queued
        )
        {
            Vram = instance.Pid is { } process && held.TryGetValue(process, out var vram) ? SampleSource.Round(vram) : null,
        };
    }
}
