namespace LlamaBlazor.Web.Settings;

/// <summary>Where models and engine are, and which ports instances may use: <c>server_config</c>, key <c>config</c> (seed S1.5).</summary>
internal sealed record LaunchSettings
{
    /// <summary>Folders with models, absolute.</summary>
    public IReadOnlyList<string> ModelDirectories { get; init; } = [];

    /// <summary>The llama-server to run, or null to look in <c>PATH</c> and the usual places.</summary>
    public string? EnginePath { get; init; }

    /// <summary>Ports for instances, <c>first-last</c>.</summary>
    public string PortRange { get; init; } = "40000-40999";
}
