using System.Text.Json.Serialization;

namespace LlamaBlazor.Domain.Instances;

/// <summary>What is known of one instance at one moment; published by its actor, never changed afterwards.</summary>
public sealed record InstanceSnapshot
{
    /// <summary>Row of <c>container_instances</c>.</summary>
    public required long Id { get; init; }

    /// <summary>The model it runs.</summary>
    public required long ModelId { get; init; }

    /// <summary>Name of that model.</summary>
    public required string Model { get; init; }

    /// <summary>process or docker.</summary>
    public string Kind { get; init; } = "process";

    /// <summary>Id of its container while there is one.</summary>
    public string? ContainerId { get; init; }

    /// <summary>Where it stands.</summary>
    public required InstancePhase Phase { get; init; }

    /// <summary>What its start waits for before a process is made, or null.</summary>
    public StartWait? Wait { get; init; }

    /// <summary>Word for pages: stopped, loading, running, stopping or error.</summary>
    public string Status => Phase.Status();

    /// <summary>Finer word for answers and pages: what its start waits for, else that of its phase.</summary>
    public string RuntimeStatus => Wait?.Word() ?? Phase.RuntimeStatus();

    /// <summary>Process id while it lives.</summary>
    public int? Pid { get; init; }

    /// <summary>Port on loopback while it lives.</summary>
    public int? Port { get; init; }

    /// <summary>Where it answers while it lives, without a slash at the end: scheme, loopback, port and the engine's path prefix.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>Key the engine asks for, or null; never written to an answer.</summary>
    [JsonIgnore]
    public string? UpstreamKey { get; init; }

    /// <summary>How it was started, while it lives; never written to an answer, for its environment holds secrets.</summary>
    [JsonIgnore]
    public Parameters.LaunchCommand? Command { get; init; }

    /// <summary>When the process started, Unix milliseconds.</summary>
    public long? StartedAt { get; init; }

    /// <summary>When it became ready, Unix milliseconds.</summary>
    public long? ReadyAt { get; init; }

    /// <summary>When it became ready, by the monotonic clock of this run: for durations.</summary>
    [JsonIgnore]
    public TimeSpan? ReadySince { get; init; }

    /// <summary>Exit code of the last end.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal that ended it, such as SIGKILL.</summary>
    public string? Signal { get; init; }

    /// <summary>Why it is in error, in words, with the next step.</summary>
    public string? Reason { get; init; }

    /// <summary>The last lines of its output, at most 50.</summary>
    public IReadOnlyList<string> LastLines { get; init; } = [];

    /// <summary>Requests in flight through the proxy.</summary>
    public int Busy { get; init; }

    /// <summary>Its place among the starts that wait, from 1, or null.</summary>
    public int? Place { get; init; }

    /// <summary>True while a process is starting, running or stopping.</summary>
    public bool IsActive => Phase is InstancePhase.Loading or InstancePhase.Running or InstancePhase.Stopping;
}
