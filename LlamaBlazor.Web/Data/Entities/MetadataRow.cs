namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A fact of the dashboard itself: <c>metadata</c> (seed S0.24).</summary>
public sealed class MetadataRow
{
    /// <summary>Primary key.</summary>
    public string Key { get; set; } = "";

    /// <summary>Text.</summary>
    public string Value { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}
