namespace LlamaBlazor.Domain.Instances;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + n for signal n.</param>
/// <param name="Signal">Name of the signal that ended it, such as SIGKILL, or null.</param>
/// <param name="IsRefusal">True when the engine refused its arguments: another attempt with the same ones is pointless.</param>
/// <param name="Reason">The words for people: what, why, and what to try.</param>
public sealed record StartOutcome(int ExitCode, string? Signal, bool IsRefusal, string Reason)
{
    /// <summary>True when it ended before it was ready because another program had its port: another attempt gets another port.</summary>
    public bool IsPortTaken { get; init; }
}
