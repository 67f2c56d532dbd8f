using LlamaBlazor.Domain.Instances.Containers;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>How to start one llama-server: passed as it is, never through a shell.</summary>
/// <param name="Executable">Absolute path of the program.</param>
/// <param name="Arguments">The argument vector, without the program.</param>
/// <param name="Environment">Variables to add to a cleaned environment; secrets travel here, never in <paramref name="Arguments"/>.</param>
public sealed record LaunchCommand(string Executable, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>What a reader should know: settings that were left out, and why.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The container the engine runs in, or null for a process. Then <see cref="Arguments"/> are those of the container runtime.</summary>
    public ContainerLaunch? Container { get; init; }

    /// <summary>What the engine itself is told, whatever starts it.</summary>
    public IReadOnlyList<string> EngineArguments => Container?.EngineArguments ?? Arguments;

    /// <summary>Path in front of every endpoint of the server, or empty. Health checks and the proxy need it too.</summary>
    public string ApiPrefix => ValueOf("--api-prefix") ?? "";

    /// <summary>The first key the server asks for, or null when it asks for none that we know.</summary>
    public string? ApiKey => Environment.TryGetValue("LLAMA_API_KEY", out var keys) && ItemList.ReadRow(keys) is [var first, ..] ? first : null;

    /// <summary>https where the server has a key and a certificate, else http.</summary>
    public string Scheme => ValueOf("--ssl-key-file") is not null && ValueOf("--ssl-cert-file") is not null ? "https" : "http";

    private string? ValueOf(string flag)
    {
        var words = EngineArguments;
        for (var i = 0; i < words.Count - 1; i++)
        {
            if (words[i] == flag)
                return words[i + 1];
        }

        return null;
    }
}
