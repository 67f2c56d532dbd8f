namespace LlamaBlazor.Web.Engines.Containers;

/// <summary>How containers are run: configuration section <c>LlamaBlazor:Containers</c> (product.md 16).</summary>
internal sealed class ContainerOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "LlamaBlazor:Containers";

    /// <summary>Path or name of podman or docker, or null to look for one in <c>PATH</c>.</summary>
    public string? Runtime { get; init; }

    /// <summary>Low-level runtime, such as runc, or null for the usual one.</summary>
    public string? OciRuntime { get; init; }

    /// <summary>Added to each <c>create</c>, such as <c>--network=host</c>.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];
}
