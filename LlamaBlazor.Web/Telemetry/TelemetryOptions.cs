namespace LlamaBlazor.Web.Telemetry;

/// <summary>How often the machine is read: configuration section <c>LlamaBlazor:Telemetry</c>.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Telemetry";

    /// <summary>Milliseconds between two samples.</summary>
    public int IntervalMs { get; init; }

    /// <summary>Time between two samples.</summary>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(IntervalMs);
}
