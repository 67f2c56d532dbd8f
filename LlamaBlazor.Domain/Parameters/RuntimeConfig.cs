namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// How the dashboard runs one model: one row of <c>model_runtime</c>. Nothing here is a flag of llama-server, except the aliases.
/// Null takes the setting of the dashboard.
/// </summary>
public sealed class RuntimeConfig : ModelConfigRecord
{
    /// <summary>llama-server to run this model with.</summary>
    public string? EnginePath { get; set; }

    /// <summary>Further names clients may use, as a JSON array.</summary>
    public string? Aliases { get; set; }

    /// <summary>Never evicted.</summary>
    public bool? Pinned { get; set; }

    /// <summary>Started with the dashboard.</summary>
    public bool? Preload { get; set; }

    /// <summary>Stopped after this many idle seconds; 0 is never.</summary>
    public long? TtlSeconds { get; set; }

    /// <summary>Requests passed on at once.</summary>
    public long? Concurrency { get; set; }

    /// <summary>Place in the queue for starts; higher is sooner.</summary>
    public long? QueuePriority { get; set; }

    /// <summary>Project whose quota counts.</summary>
    public string? Project { get; set; }

    /// <summary>off, on, or sampled (answers with random sampling are cached too).</summary>
    public string? CacheMode { get; set; }

    /// <summary>never, on-failure or always.</summary>
    public string? RestartPolicy { get; set; }

    /// <summary>How it runs: process or container.</summary>
    public string? InstanceKind { get; set; }

    /// <summary>Image of its container, such as <c>ghcr.io/ggml-org/llama.cpp:server</c>.</summary>
    public string? ContainerImage { get; set; }

    /// <summary>Cores it may use.</summary>
    public double? CpuLimit { get; set; }

    /// <summary>Memory it may use, in GiB.</summary>
    public double? MemoryLimitGb { get; set; }

    /// <summary>Which GPUs a start takes: auto, best, all or manual.</summary>
    public string? GpuStrategy { get; set; }

    /// <summary>shared, or exclusive: no other model gets these GPUs meanwhile.</summary>
    public string? GpuMode { get; set; }

    /// <summary>Seconds within which its engine must be ready.</summary>
    public long? StartLimitSeconds { get; set; }

    /// <summary>Seconds between asking its engine to end and forcing it.</summary>
    public long? StopGraceSeconds { get; set; }
}
