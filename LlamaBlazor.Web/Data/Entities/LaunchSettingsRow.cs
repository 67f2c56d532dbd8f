namespace LlamaBlazor.Web.Data.Entities;

/// <summary>Launch settings as one JSON object under key <c>config</c>: <c>server_config</c> (seed S1.5).</summary>
public sealed class LaunchSettingsRow
{
    /// <summary>Primary key.</summary>
    public string Key { get; set; } = "";

    /// <summary>JSON.</summary>
    public string Value { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedAt { get; set; }
}
