using System.Collections.Frozen;

namespace LlamaBlazor.Web.Engines;

/// <summary>How a llama-server is run: the program and what goes before its arguments.</summary>
/// <param name="Path">Absolute path of the executable.</param>
/// <param name="Prefix">Arguments before those of llama-server; empty for a real engine.</param>
/// <param name="Simulated">True for the built-in simulated engine of demo mode.</param>
internal sealed record EngineCommand(string Path, IReadOnlyList<string> Prefix, bool Simulated)
{
    /// <summary>The image of a container, where the program is the runtime that runs it; else null.</summary>
    public string? Image { get; init; }

    /// <summary>What it is called in words.</summary>
    public string Words => Image is null ? Path : $"The image {Image}, run by {Path},";

    /// <summary>Variables of the settings: what it can do may depend on them, and whether it runs at all.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = FrozenDictionary<string, string>.Empty;
}
