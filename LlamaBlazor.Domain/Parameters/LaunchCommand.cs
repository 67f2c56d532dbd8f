using System.Collections.Frozen;
using LlamaBlazor.Domain.Instances.Containers;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>How to start one llama-server: passed as it is, never through a shell.</summary>
/// <param name="Executable">Absolute path of the program.</param>
/// <param name="Arguments">The argument vector, without the program.</param>
/// <param name="Environment">Variables to add to a cleaned environment; secrets travel here, never in <paramref name="Arguments"/>.</param>
public sealed record LaunchCommand(string Executable, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The variable by which an engine is told its keys, so that none is in an argument.</summary>
    public const string KeyVariable = "LLAMA_API_KEY";

    /// <summary>What a reader should know: settings that were left out, and why.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Names of the variables whose values everybody may see; all others of <see cref="Environment"/> are secrets.</summary>
    public IReadOnlySet<string> PublicVariables { get; init; } = FrozenSet<string>.Empty;

    /// <summary>False where the settings give a key and the engine takes no second one.</summary>
    public bool TakesStartKey { get; init; } = true;

    /// <summary>
    /// A key of this start alone, which the engine takes besides those of the settings; null where it takes none. No part of a comparison.
    /// </summary>
    public string? StartKey { get; init; }

    /// <summary><see cref="Environment"/> with <see cref="ShellText.Mask"/> for secrets: for people, answers and tables.</summary>
    public IReadOnlyDictionary<string, string> ShownEnvironment =>
        Environment.ToDictionary(pair => pair.Key, pair => PublicVariables.Contains(pair.Key) ? pair.Value : ShellText.Mask);

    /// <summary><see cref="Arguments"/> with <see cref="ShellText.Mask"/> for values of flags whose names are those of secrets.</summary>
    public IReadOnlyList<string> ShownArguments => SecretEntries.MaskWords(Arguments);

    /// <summary>Files that it names and that are not there, a sentence each: it cannot succeed.</summary>
    public IReadOnlyList<string> MissingFiles { get; init; } = [];

    /// <summary>The container the engine runs in, or null for a process. Then <see cref="Arguments"/> are those of the container
    /// runtime.</summary>
    public ContainerLaunch? Container { get; init; }

    /// <summary>What the engine itself is told, whatever starts it.</summary>
    public IReadOnlyList<string> EngineArguments => Container?.EngineArguments ?? Arguments;

    /// <summary>Path in front of every endpoint of the server, or empty. Health checks and the proxy need it too.</summary>
    public string ApiPrefix => ValueOf("--api-prefix") ?? "";

    /// <summary>A key the server takes: of this start, else the first of the settings; null when it asks for none that we know.</summary>
    public string? ApiKey => StartKey ?? FirstKey;

    /// <summary><see cref="Environment"/> as the process gets it, with <see cref="StartKey"/> among its keys.</summary>
    public IReadOnlyDictionary<string, string> StartEnvironment =>
        StartKey is null
            ? Environment
            : new Dictionary<string, string>(Environment)
            {
                [KeyVariable] = Environment.TryGetValue(KeyVariable, out var keys) ? $"{keys},{StartKey}" : StartKey,
            };

    private string? FirstKey =>
        Environment.TryGetValue(KeyVariable, out var keys) && ItemList.ReadRow(keys) is [var first, ..] ? first : null;

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
