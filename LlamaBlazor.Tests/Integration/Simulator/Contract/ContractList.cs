using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Tests.Architecture;

namespace LlamaBlazor.Tests.Integration.Simulator.Contract;

/// <summary>One request of the contract.</summary>
/// <param name="Name">What it is, unique in its profile.</param>
/// <param name="Method">Method.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Headers">Headers.</param>
/// <param name="Body">Body as JSON.</param>
/// <param name="Text">Body as it is, where it is no JSON.</param>
internal sealed record ContractExchange(
    string Name,
    string Method,
    string Path,
    IReadOnlyDictionary<string, string>? Headers,
    JsonNode? Body,
    string? Text
)
{
    private static readonly string Words = string.Concat(Enumerable.Repeat("word ", 700));

    /// <summary>What is sent.</summary>
    public string? Content => Text ?? Body?.ToJsonString().Replace("{WORDS}", Words, StringComparison.Ordinal);
}

/// <summary>A command line and the requests that are sent to it, one after the other.</summary>
/// <param name="Name">Its name; "loading" is asked before its model is loaded.</param>
/// <param name="Arguments">Arguments besides model and port.</param>
/// <param name="Exchanges">The requests.</param>
internal sealed record ContractProfile(string Name, IReadOnlyList<string> Arguments, IReadOnlyList<ContractExchange> Exchanges)
{
    /// <summary>Whether it is asked while it loads.</summary>
    public bool IsLoading => Name == "loading";
}

/// <summary>A command line that ends by itself.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Arguments">All arguments.</param>
internal sealed record ContractRun(string Name, IReadOnlyList<string> Arguments);

/// <summary>A difference that stays, with its reason.</summary>
/// <param name="Of">The profile; "runs/" and the name of the run; or "help".</param>
/// <param name="At">Where in the recorded form: there and below.</param>
/// <param name="Reason">Why it stays.</param>
internal sealed record ContractDifference(string Of, string At, string Reason);

/// <summary>
/// The list of exchanges (exchanges.json), the differences that stay (differences.json) and what the real engine answered (recorded.json).
/// </summary>
/// <param name="Profiles">The profiles.</param>
/// <param name="Runs">The runs.</param>
internal sealed record ContractList(IReadOnlyList<ContractProfile> Profiles, IReadOnlyList<ContractRun> Runs)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    /// <summary>The list.</summary>
    public static ContractList All { get; } = Read<ContractList>("exchanges.json");

    /// <summary>The differences that stay.</summary>
    public static IReadOnlyList<ContractDifference> Differences { get; } = Read<List<ContractDifference>>("differences.json");

    /// <summary>Where the recording is kept, in the sources.</summary>
    public static string RecordedPath { get; } = Path.Combine(Folder, "recorded.json");

    private static string Folder => Path.Combine(Source.Root, "LlamaBlazor.Tests", "Integration", "Simulator", "Contract");

    private static T Read<T>(string file) => JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(Folder, file)), Options)!;
}
