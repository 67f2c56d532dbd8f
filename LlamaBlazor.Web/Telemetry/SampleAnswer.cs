using System.Text.Json.Serialization;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>One reading in the answers of <c>/api/metrics</c> and in the messages of the hub (product.md 5).</summary>
/// <param name="Timestamp">Unix milliseconds.</param>
/// <param name="Gpus">Each GPU.</param>
/// <param name="Instances">Each active instance.</param>
internal sealed record SampleAnswer(long Timestamp, IReadOnlyList<GpuAnswer> Gpus, IReadOnlyList<LoadAnswer> Instances)
{
    /// <summary>Each <see cref="MetricField"/> by its name, beside the other properties; null where the machine has none.</summary>
    [JsonExtensionData]
    public Dictionary<string, object?> Values { get; init; } = [];

    /// <summary>The answer for a sample.</summary>
    /// <param name="sample">The sample.</param>
    public static SampleAnswer Of(Sample sample) =>
        new(sample.Timestamp, [.. sample.Gpus.Select(GpuAnswer.Of)], [.. sample.Instances.Select(LoadAnswer.Of)])
        {
            Values = MetricField.All.ToDictionary(field => field.Name, field => (object?)field.Read(sample)),
        };
}

/// <summary>One GPU of a reading.</summary>
/// <param name="Id">Device name as llama.cpp lists it, such as CUDA0, or the index of the driver.</param>
/// <param name="Name">Name of the card.</param>
/// <param name="Usage">Percent.</param>
/// <param name="MemoryUsed">MiB.</param>
/// <param name="MemoryTotal">MiB.</param>
/// <param name="Temperature">Degrees Celsius.</param>
/// <param name="Power">Watts.</param>
internal sealed record GpuAnswer(
    string Id,
    string Name,
    double? Usage,
    double? MemoryUsed,
    double? MemoryTotal,
    double? Temperature,
    double? Power
)
{
    /// <summary>The answer for a card.</summary>
    /// <param name="gpu">The card.</param>
    public static GpuAnswer Of(GpuSample gpu) =>
        new(gpu.Id, gpu.Name, gpu.Usage, gpu.MemoryUsed, gpu.MemoryTotal, gpu.Temperature, gpu.Power);
}

/// <summary>One instance of a reading.</summary>
/// <param name="ModelId">Its model.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Status">stopped, loading, running, stopping or error.</param>
/// <param name="Cpu">Percent of one core.</param>
/// <param name="Memory">Resident MiB.</param>
/// <param name="Vram">MiB of GPU memory on all cards, or null where no driver tells.</param>
/// <param name="TokensPerSecond">Tokens generated a second.</param>
/// <param name="SlotsBusy">Slots at work.</param>
/// <param name="SlotsTotal">Slots.</param>
/// <param name="KvUsage">Percent of the slots' context in use.</param>
/// <param name="Queued">Requests waiting in the engine.</param>
internal sealed record LoadAnswer(
    long ModelId,
    string Model,
    string Status,
    double? Cpu,
    double? Memory,
    double? Vram,
    double? TokensPerSecond,
    int? SlotsBusy,
    int? SlotsTotal,
    double? KvUsage,
    int? Queued
)
{
    /// <summary>The answer for an instance.</summary>
    /// <param name="one">The instance.</param>
    public static LoadAnswer Of(InstanceSample one) =>
        new(
            one.ModelId,
            one.Model,
            one.Phase.Status(),
            one.Cpu,
            one.Memory,
            one.Vram,
            one.TokensPerSecond,
            one.SlotsBusy,
            one.SlotsTotal,
            one.KvUsage,
            one.Queued
        );
}
