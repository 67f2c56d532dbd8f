using System.Text.Json;
using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>The column <c>custom_params</c>: a JSON object of flags that have no field of their own, with a text, a number, true, or a list
/// of those.</summary>
public static partial class CustomParameters
{
    /// <summary>The first flag that may not stand in <c>custom_params</c>, and why; null when all may.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="json">The column's text.</param>
    public static (string Flag, string Reason)? Refuse(ParameterCatalogue catalogue, string json)
    {
        using var document = TryParse(json);
        if (document is not { RootElement.ValueKind: JsonValueKind.Object })
            return null;
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (Refuse(catalogue, property.Name, property.Value) is { } reason)
                return (property.Name, reason);
        }

        return null;
    }

    /// <summary>All texts that stand as values; none where it is no JSON object.</summary>
    /// <param name="json">The column's text.</param>
    public static IReadOnlyList<string> Texts(string json)
    {
        using var document = TryParse(json);
        return document is { RootElement.ValueKind: JsonValueKind.Object }
            ? [.. document.RootElement.EnumerateObject().SelectMany(property => Values(property.Value)).OfType<string>()]
            : [];
    }

    internal static void Add(WordList words, ParameterCatalogue catalogue, string? json)
    {
        using var document = TryParse(json ?? "");
        if (document is not { RootElement.ValueKind: JsonValueKind.Object })
            return;
        foreach (var property in document.RootElement.EnumerateObject())
        {
            var (flag, values) = (property.Name, Values(property.Value));
            if ((Refuse(catalogue, flag, property.Value) ?? Unfit(words, flag, values)) is { } reason)
            {
                words.Warn([$"Other flags: {flag} was left out, because {reason}"]);
                continue;
            }

            foreach (var value in values)
                words.AddRange(value is null ? [flag] : [flag, value]);
        }
    }

    // A value must not be read as a flag, nor a flag swallow the word behind it: what the engine gets is what stands here.
    private static string? Refuse(ParameterCatalogue catalogue, string flag, JsonElement value)
    {
        if (!FlagName().IsMatch(flag) || flag.Any(char.IsControl))
            return "it is not a flag; write it as --flag, with its value apart.";
        var reason = catalogue.FindFlag(flag) switch
        {
            { HasColumn: true } known => $"it has a field of its own: {known.Label}.",
            { Emission: Emission.Action } => "it prints something and stops.",
            { Emission: Emission.Removed } gone => $"llama.cpp removed it; use {gone.ReplacedBy}.",
            { Shortcut: true } when value.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null) =>
                "it takes no value; give true.",
            _ => null,
        };
        if (reason is not null)
            return reason;
        if (HoldsObject(value))
            return "its value is an object. Give a text, a number, true, or a list of those.";
        var texts = Values(value).OfType<string>().ToList();
        if (texts.Any(text => text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'))))
            return "its value holds control characters.";
        return texts.FirstOrDefault(text => catalogue.FindFlag(text) is not null) is { } option
            ? $"its value {option} is a flag of its own."
            : null;
    }

    private static string? Unfit(WordList words, string flag, IReadOnlyList<string?> values)
    {
        return words.WhyNot(flag)
            ?? words.ValuesOf(flag) switch
            {
                0 when values.Any(value => value is not null) => "this engine takes no value for it; give true.",
                > 0 when values.Any(value => value is null) => "this engine wants a value for it.",
                _ => null,
            };
    }

    private static bool HoldsObject(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(HoldsObject));

    private static IReadOnlyList<string?> Values(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => [null],
            JsonValueKind.False or JsonValueKind.Null => [],
            JsonValueKind.Array => [.. value.EnumerateArray().SelectMany(Values)],
            JsonValueKind.String => [value.GetString()],
            _ => [value.GetRawText()],
        };

    private static JsonDocument? TryParse(string json) => ForeignJson.Parse(json) is { IsSuccess: true } read ? read.Value : null;

    [GeneratedRegex(@"^--?[A-Za-z0-9][^\s=]*$")]
    private static partial Regex FlagName();
}
