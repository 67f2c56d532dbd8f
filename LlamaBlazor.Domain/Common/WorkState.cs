using System.Text.Json.Serialization;

namespace LlamaBlazor.Domain.Common;

/// <summary>Where a piece of work stands that somebody may watch: a job on the database, a pull of an image.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkState>))]
public enum WorkState
{
    /// <summary>Under way, or about to be.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>It failed and waits for its next attempt.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>Ended well.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>Ended badly.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Given up because somebody wanted it.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

/// <summary>The states in words.</summary>
public static class WorkStates
{
    /// <summary>The word of a state, as answers have it.</summary>
    public static string Word(this WorkState state) => state.ToString().ToLowerInvariant();
}
