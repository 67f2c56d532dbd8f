using System.Text.Json;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>The column <c>custom_params</c>: a JSON object of flags that have no field of their own, with a text, a number, true, or a list of those.</summary>
public static class CustomParameters
{
    /// <summary>The flags and their values; empty when the text is no JSON object.</summary>
    /// <param name="json">The column's text.</param>
    public static IReadOnlyList<(string Flag, IReadOnlyList<string?> Values)> Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? [.. document.RootElement.EnumerateObject().Select(property => (property.Name, Values(property.Value)))]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    internal static void Add(WordList words, ParameterCatalogue catalogue, string? json)
    {
        if (json is null)
            return;
        foreach (var (flag, values) in Read(json))
        {
            if (Refuse(words, catalogue, flag) is { } reason)
            {
                words.Warn([$"Other flags: {flag} was left out, because {reason}"]);
                continue;
            }

            foreach (var value in values)
                words.AddRange(value is null ? [flag] : [flag, value]);
        }
    }

    /// <summary>Why a flag may not stand in <c>custom_params</c>, or null.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="flag">The flag.</param>
    public static string? Refuse(ParameterCatalogue catalogue, string flag)
    {
        if (!flag.StartsWith('-') || flag.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '='))
            return "it is not a flag; write it as --flag, with its value apart.";
        return catalogue.FindFlag(flag) switch
        {
            { HasColumn: true } known => $"it has a field of its own: {known.Label}.",
            { Emission: Emission.Action } => "it prints something and stops.",
            { Emission: Emission.Removed } gone => $"llama.cpp removed it; use {gone.ReplacedBy}.",
            _ => null,
        };
    }

    private static string? Refuse(WordList words, ParameterCatalogue catalogue, string flag) =>
        Refuse(catalogue, flag) ?? (words.Lacks(flag) ? "this engine does not list it." : null);

    private static IReadOnlyList<string?> Values(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => [null],
        JsonValueKind.False or JsonValueKind.Null => [],
        JsonValueKind.Array => [.. value.EnumerateArray().SelectMany(Values)],
        JsonValueKind.String => [value.GetString()],
        _ => [value.GetRawText()],
    };
}
