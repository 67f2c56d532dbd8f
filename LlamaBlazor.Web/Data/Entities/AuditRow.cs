namespace LlamaBlazor.Web.Data.Entities;

/// <summary>One admin action: <c>audit_log</c>, 180 days (seed S4.12).</summary>
public sealed class AuditRow
{
    /// <summary>Primary key.</summary>
    public long Id { get; set; }

    /// <summary>Who; null on an open loopback dashboard.</summary>
    public long? UserId { get; set; }

    /// <summary>What, such as model.delete.</summary>
    public string Action { get; set; } = "";

    /// <summary>Of what.</summary>
    public string ResourceType { get; set; } = "";

    /// <summary>Which.</summary>
    public string? ResourceId { get; set; }

    /// <summary>JSON object, without secrets.</summary>
    public string? Details { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }
}
