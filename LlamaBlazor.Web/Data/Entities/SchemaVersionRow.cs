namespace LlamaBlazor.Web.Data.Entities;

/// <summary>An applied migration, beside EF's own history: <c>schema_version</c> (seed S3.9).</summary>
public sealed class SchemaVersionRow
{
    /// <summary>Counts from 1.</summary>
    public long Version { get; set; }

    /// <summary>Its id.</summary>
    public string Migration { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long AppliedAt { get; set; }
}
