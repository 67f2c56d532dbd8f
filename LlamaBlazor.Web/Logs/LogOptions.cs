namespace LlamaBlazor.Web.Logs;

/// <summary>What is kept in the log: configuration section <c>LlamaBlazor:Logs</c>.</summary>
internal sealed class LogOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Logs";

    /// <summary>Least level that is kept.</summary>
    public string Level { get; init; } = "";
}
