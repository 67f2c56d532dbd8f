namespace LlamaBlazor.Domain.Parameters;

/// <summary>What the dashboard decides about a launch, whatever the settings say.</summary>
/// <param name="Port">Port on loopback.</param>
public sealed record LaunchPlan(int Port)
{
    /// <summary>Address the engine listens on: only the proxy and the dashboard of this machine reach it.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Where the engine may download a model whose settings name only an address or a Docker repository.</summary>
    public string? DownloadPath { get; init; }

    /// <summary>True where the model's file is known to be there, so that nothing is downloaded over it.</summary>
    public bool HasModelFile { get; init; }

    /// <summary>Devices the engine may use, as its own list names them, or null where the setting decides.</summary>
    public IReadOnlyList<string>? Devices { get; init; }

    /// <summary>The file of a draft model whose settings name only its address (<c>model_url_draft</c>), or null.</summary>
    public string? DraftPath { get; init; }

    /// <summary>
    /// The name by which answers call the model, or null where the setting decides. llama-server takes the first in alphabetical order of
    /// several, so the
    /// aliases of the settings are left to the endpoint, which knows them all.
    /// </summary>
    public string? Alias { get; init; }

    /// <summary>What the engine can do, or null while it was not probed.</summary>
    public EngineCapabilities? Engine { get; init; }

    /// <summary>True where the engine was asked what it can do and its answer was of no use.</summary>
    public bool IsBlind { get; init; }
}
