namespace LlamaBlazor.Web.Data.Entities;

/// <summary>A typed preference: <c>config</c> (seed S3.3).</summary>
public sealed class ConfigRow
{
    /// <summary>Primary key.</summary>
    public string Key { get; set; } = "";

    /// <summary>JSON.</summary>
    public string Value { get; set; } = "";

    /// <summary>str, int, float, bool or json.</summary>
    public string ValueType { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}
