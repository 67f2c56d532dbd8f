using System.Text.Json.Serialization;
using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Domain.Telemetry;

/// <summary>One reading of the machine, its GPUs and the instances (product.md 5). Serialised in snake_case; GPU values are null where
/// there is no GPU.</summary>
public sealed record Sample
{
    /// <summary>When it was taken, Unix milliseconds UTC.</summary>
    public required long Timestamp { get; init; }

    /// <summary>Percent of all cores, 0 to 100.</summary>
    public double CpuUsage { get; init; }

    /// <summary>Percent of physical memory, 0 to 100.</summary>
    public double MemoryUsage { get; init; }

    /// <summary>Percent of the disk with the models, 0 to 100.</summary>
    public double DiskUsage { get; init; }

    /// <summary>Percent of swap, or null without swap.</summary>
    public double? SwapUsage { get; init; }

    /// <summary>Mean percent of all GPUs.</summary>
    public double? GpuUsage { get; init; }

    /// <summary>Degrees Celsius of the hottest GPU.</summary>
    public double? GpuTemperature { get; init; }

    /// <summary>MiB used on all GPUs.</summary>
    public double? GpuMemoryUsed { get; init; }

    /// <summary>MiB of all GPUs.</summary>
    public double? GpuMemoryTotal { get; init; }

    /// <summary>Watts of all GPUs.</summary>
    public double? GpuPowerUsage { get; init; }

    /// <summary>Models that are loading or running.</summary>
    public int ActiveModels { get; init; }

    /// <summary>Seconds since the dashboard started.</summary>
    public long Uptime { get; init; }

    /// <summary>Requests through the proxy in the last 60 seconds.</summary>
    public double RequestsPerMinute { get; init; }

    /// <summary>Load average of one minute, or null where the system has none.</summary>
    [JsonPropertyName("load_1min")]
    public double? Load1Min { get; init; }

    /// <summary>Bytes a second received by the machine.</summary>
    public double? NetRx { get; init; }

    /// <summary>Bytes a second sent by the machine.</summary>
    public double? NetTx { get; init; }

    /// <summary>Tokens generated a second by all models.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Each GPU.</summary>
    public IReadOnlyList<GpuSample> Gpus { get; init; } = [];

    /// <summary>Each active instance.</summary>
    public IReadOnlyList<InstanceSample> Instances { get; init; } = [];
}

/// <summary>One GPU in a sample.</summary>
/// <param name="Id">Device name as llama.cpp lists it, such as CUDA0, or the index of the driver.</param>
/// <param name="Name">Name of the card.</param>
/// <param name="Usage">Percent.</param>
/// <param name="MemoryUsed">MiB.</param>
/// <param name="MemoryTotal">MiB.</param>
/// <param name="Temperature">Degrees Celsius.</param>
/// <param name="Power">Watts.</param>
public sealed record GpuSample(
    string Id,
    string Name,
    double? Usage,
    double? MemoryUsed,
    double? MemoryTotal,
    double? Temperature,
    double? Power
);

/// <summary>One instance in a sample.</summary>
/// <param name="ModelId">Its model.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Cpu">Percent of one core.</param>
/// <param name="Memory">Resident MiB.</param>
/// <param name="TokensPerSecond">Tokens generated a second, from the engine's counters.</param>
/// <param name="SlotsBusy">Slots at work.</param>
/// <param name="SlotsTotal">Slots.</param>
/// <param name="KvUsage">Percent of the slots' context in use.</param>
/// <param name="Queued">Requests waiting in the engine.</param>
public sealed record InstanceSample(
    long ModelId,
    string Model,
    InstancePhase Phase,
    double? Cpu,
    double? Memory,
    double? TokensPerSecond,
    int? SlotsBusy,
    int? SlotsTotal,
    double? KvUsage,
    int? Queued
)
{
    /// <summary>MiB of GPU memory that its process holds on all cards, or null where no driver tells.</summary>
    public double? Vram { get; init; }
}
