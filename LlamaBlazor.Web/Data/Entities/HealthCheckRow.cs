namespace LlamaBlazor.Web.Data.Entities;

/// <summary>Health of an instance: <c>health_checks</c> (seed S4.12).</summary>
public sealed class HealthCheckRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>The instance.</summary>
    public string ContainerId { get; set; } = "";

    /// <summary>healthy, unhealthy or unknown.</summary>
    public string Status { get; set; } = "";

    /// <summary>Failures in a row.</summary>
    public long FailureCount { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CheckedAt { get; set; }

    /// <summary>Last answer.</summary>
    public string? Detail { get; set; }
}
