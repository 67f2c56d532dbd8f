using System.Text.Json.Serialization;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Web.Maintenance.Jobs;

/// <summary>One long operation on the database, as it stands.</summary>
internal sealed record DatabaseJob
{
    /// <summary>Its number in this run of the program, from 1.</summary>
    public required long Id { get; init; }

    /// <summary>What it is, such as <c>backup</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Where it stands; it never waits for another attempt.</summary>
    public WorkState State { get; init; }

    /// <summary>What is being done.</summary>
    public string Step { get; init; } = "Waiting for its turn";

    /// <summary>How much of the step is done, 0 to 100; null where nobody can tell.</summary>
    public int? Percent { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long StartedAt { get; init; }

    /// <summary>Unix milliseconds; null while it runs.</summary>
    public long? EndedAt { get; init; }

    /// <summary>What it did, once done.</summary>
    public object? Result { get; init; }

    /// <summary>Why it failed, or that it was cancelled.</summary>
    public string? Error { get; init; }

    /// <summary>Whether it still runs.</summary>
    [JsonIgnore]
    public bool IsRunning => State is WorkState.Running;

    /// <summary>The words of a failure, with those of its fields.</summary>
    public static string Words(Failure failure) =>
        failure.Errors is null ? failure.Message : string.Join(' ', failure.Errors.SelectMany(error => error.Value));
}
