namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A state of an instance's health for as long as it lasted: <c>health_checks</c> (seed S4.12). The newest row of an instance is
/// how it is.</summary>
public sealed class HealthCheckRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>The instance.</summary>
    public string ContainerId { get; set; } = "";

    /// <summary>When it was seen first, Unix milliseconds.</summary>
    public long Timestamp { get; set; }

    /// <summary>healthy, unhealthy or unknown.</summary>
    public string Status { get; set; } = "";

    /// <summary>Failures in a row.</summary>
    public long FailureCount { get; set; }

    /// <summary>When it was seen last, Unix milliseconds.</summary>
    public long CheckedAt { get; set; }

    /// <summary>Last answer.</summary>
    public string? Detail { get; set; }
}
