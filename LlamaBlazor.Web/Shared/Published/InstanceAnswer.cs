using LlamaBlazor.Domain.Instances;

namespace LlamaBlazor.Web.Shared.Published;

/// <summary>One instance in the answers of <c>/api/instances</c> and in the messages of the hub.</summary>
internal sealed record InstanceAnswer
{
    /// <summary>Row of <c>container_instances</c>.</summary>
    public long Id { get; init; }

    /// <summary>The model it runs.</summary>
    public long ModelId { get; init; }

    /// <summary>Name of that model.</summary>
    public required string Model { get; init; }

    /// <summary>process or docker.</summary>
    public required string Kind { get; init; }

    /// <summary>Id of its container while there is one.</summary>
    public string? ContainerId { get; init; }

    /// <summary>stopped, loading, running, stopping or error.</summary>
    public required string Status { get; init; }

    /// <summary>Finer word for answers and pages: what its start waits for, else that of its phase.</summary>
    public required string RuntimeStatus { get; init; }

    /// <summary>Process id while it lives.</summary>
    public int? Pid { get; init; }

    /// <summary>Port on loopback while it lives.</summary>
    public int? Port { get; init; }

    /// <summary>Where it answers while it lives, without a slash at the end: scheme, loopback, port and the engine's path prefix.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>When the process started, Unix milliseconds.</summary>
    public long? StartedAt { get; init; }

    /// <summary>When it became ready, Unix milliseconds.</summary>
    public long? ReadyAt { get; init; }

    /// <summary>Exit code of the last end.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal that ended it, such as SIGKILL.</summary>
    public string? Signal { get; init; }

    /// <summary>Why it is in error, in words, with the next step.</summary>
    public string? Reason { get; init; }

    /// <summary>The last lines of its output, at most 50.</summary>
    public required IReadOnlyList<string> LastLines { get; init; }

    /// <summary>Requests in flight through the proxy.</summary>
    public int Busy { get; init; }

    /// <summary>Its place among the starts that wait, from 1, or null.</summary>
    public int? Place { get; init; }

    /// <summary>True while a process is starting, running or stopping.</summary>
    public bool IsActive { get; init; }

    /// <summary>The answer for one.</summary>
    /// <param name="row">What it is made of.</param>
    public static InstanceAnswer Of(InstanceSnapshot row) =>
        new()
        {
            Id = row.Id,
            ModelId = row.ModelId,
            Model = row.Model,
            Kind = row.Kind,
            ContainerId = row.ContainerId,
            Status = row.Status,
            RuntimeStatus = row.RuntimeStatus,
            Pid = row.Pid,
            Port = row.Port,
            BaseUrl = row.BaseUrl,
            StartedAt = row.StartedAt,
            ReadyAt = row.ReadyAt,
            ExitCode = row.ExitCode,
            Signal = row.Signal,
            Reason = row.Reason,
            LastLines = row.LastLines,
            Busy = row.Busy,
            Place = row.Place,
            IsActive = row.IsActive,
        };
}
