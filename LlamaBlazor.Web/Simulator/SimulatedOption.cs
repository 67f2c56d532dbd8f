using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Simulator;

/// <summary>One flag the simulated engine accepts: what the catalogue says of the real one.</summary>
/// <param name="Names">Spellings that switch on or take a value.</param>
/// <param name="Negations">Spellings that switch off.</param>
/// <param name="Arity">Values it takes, 0 to 2.</param>
/// <param name="Type">int, float, enum, string, …</param>
/// <param name="Values">Allowed words of an enum.</param>
/// <param name="IsRemoved">True when the real one only says what to use instead.</param>
/// <param name="Hint">How the help names the value.</param>
/// <param name="Environment">Variable that sets it, or null.</param>
/// <param name="Description">What it does.</param>
/// <param name="Since">Build that brought it, or 0 when it was always there.</param>
/// <param name="Removed">Build that removed it, or null.</param>
internal sealed record SimulatedOption(
    IReadOnlyList<string> Names,
    IReadOnlyList<string> Negations,
    int Arity,
    string Type,
    IReadOnlyList<string> Values,
    bool IsRemoved,
    string? Hint,
    string? Environment,
    string Description,
    int Since,
    int? Removed
)
{
    /// <summary>All flags, in the order of the catalogue. Read directly and not through the forms' catalogue: the engine must start
    /// fast.</summary>
    public static IReadOnlyList<SimulatedOption> All { get; } = Read();

    /// <summary>The spelling by which values are kept.</summary>
    public string Key => Names.First(name => name.StartsWith("--", StringComparison.Ordinal));

    private static List<SimulatedOption> Read()
    {
        using var stream = typeof(ColumnMap).Assembly.GetManifestResourceStream("llama-server.json")!;
        using var json = JsonDocument.Parse(stream);
        return [.. json.RootElement.GetProperty("options").EnumerateArray().Select(Parse)];
    }

    private static SimulatedOption Parse(JsonElement option) =>
        new(
            [
                .. Strings(option, "aliases")
                    .Prepend(option.GetProperty("flag").GetString()!)
                    .OrderBy(name => name.StartsWith("--", StringComparison.Ordinal)),
            ],
            [.. Strings(option, "negation_aliases").Concat(Text(option, "negation") is { } off ? [off] : [])],
            option.GetProperty("arity").GetInt32(),
            Text(option, "type") ?? "string",
            Strings(option, "values"),
            Build(option, "removed") is not null,
            Text(option, "value_hint"),
            Text(option, "env"),
            Text(option, "description") ?? "",
            Text(option, "since") is ['<', ..] ? 0 : Build(option, "since") ?? 0,
            Build(option, "removed")
        );

    // "b8955 (2026-04-28)".
    private static int? Build(JsonElement option, string name)
    {
        var number = Text(option, name)?.TrimStart('<', '=', 'b').Split(' ')[0];
        return int.TryParse(number, CultureInfo.InvariantCulture, out var build) ? build : null;
    }

    private static string? Text(JsonElement option, string name) =>
        option.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<string> Strings(JsonElement option, string name) =>
        option.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.ToString())]
            : [];
}
