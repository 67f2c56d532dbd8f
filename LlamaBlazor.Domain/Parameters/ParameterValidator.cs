using System.Text;
using System.Text.Json;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Checks the value of one parameter: type, range, words, shape. Rules between fields are in
/// <see cref="CrossFieldRules"/>.</summary>
public static class ParameterValidator
{
    /// <summary>Longest text in bytes of UTF-8: what Linux takes as one argument of a process (MAX_ARG_STRLEN, its ending zero
    /// apart).</summary>
    public const int MaxBytes = 131_071;

    /// <summary>The first thing wrong with a value, or null.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="definition">The parameter.</param>
    /// <param name="value">A value of its column's type; null is always right.</param>
    public static ParameterIssue? Check(ParameterCatalogue catalogue, ParameterDefinition definition, object? value) =>
        value switch
        {
            null or bool => null,
            long whole => CheckWhole(definition, whole),
            double number => CheckNumber(definition, number),
            string text => CheckText(catalogue, definition, text),
            _ => throw new ArgumentException($"{definition.Column} cannot hold a {value.GetType().Name}", nameof(value)),
        };

    /// <summary>The range of a parameter in words, or null when it has none.</summary>
    /// <param name="definition">The parameter.</param>
    public static string? RangeText(ParameterDefinition definition) =>
        (definition.Min, definition.Max) switch
        {
            (null, null) => null,
            ({ } min, null) => $"{ParameterValue.Format(min)} or more",
            (null, { } max) => $"{ParameterValue.Format(max)} or less",
            ({ } min, { } max) => $"{ParameterValue.Format(min)} to {ParameterValue.Format(max)}",
        };

    private static ParameterIssue? CheckWhole(ParameterDefinition definition, long value)
    {
        if (definition.Choices.Count > 0)
            return CheckChoice(definition, value.ToString());
        if (definition.Forbidden.Contains(value))
            return Error(definition, $"{value} is refused by the engine. Give {Range(definition)}, or clear the field.");
        // llama.cpp reads 32-bit integers and stops at anything larger; only the seed is unsigned.
        if (value is > int.MaxValue or < int.MinValue && !(definition.Column == "seed" && value <= uint.MaxValue && value > 0))
            return Error(definition, $"{value} is too large for the engine. Give {Range(definition)}.");
        return CheckRange(definition, value);
    }

    private static ParameterIssue? CheckNumber(ParameterDefinition definition, double value) =>
        double.IsFinite((float)value) ? CheckRange(definition, value) : Error(definition, "The number is too large for the engine.");

    private static ParameterIssue? CheckRange(ParameterDefinition definition, double value)
    {
        if (value >= (definition.Min ?? double.MinValue) && value <= (definition.Max ?? double.MaxValue))
            return null;
        var message = $"{ParameterValue.Format(value)} is outside the range: {Range(definition)}.";
        return definition.Limits == LimitKind.Enforced
            ? Error(definition, message + " The engine would refuse to start.")
            : Warning(definition, message);
    }

    private static ParameterIssue? CheckText(ParameterCatalogue catalogue, ParameterDefinition definition, string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
            return Error(
                definition,
                $"At most {MaxBytes / 1024} KiB fit into one argument of a program."
                    + (
                        definition.Kind is ParameterKind.Lines or ParameterKind.Json
                            ? " Put the text into a file and name that file instead."
                            : ""
                    )
            );
        var severalLines = definition.Kind is ParameterKind.Lines or ParameterKind.Json or ParameterKind.Items;
        if (text.Any(c => char.IsControl(c) && !(severalLines && c is '\n' or '\r' or '\t')))
            return Error(
                definition,
                severalLines
                    ? "Control characters other than line ends and tabs are not allowed."
                    : "Line ends and other control characters are not allowed."
            );
        if (definition.Kind == ParameterKind.Choice)
            return CheckChoice(definition, text);
        // Inside the JSON array such characters are escaped, so the items themselves are looked at.
        if (
            definition.Kind == ParameterKind.Items
            && ItemList.Read(text).Any(item => item.Any(c => char.IsControl(c) && c is not ('\n' or '\t')))
        )
            return Error(definition, "Control characters other than line ends and tabs are not allowed.");
        if (definition.Kind == ParameterKind.Json)
            return CheckJson(catalogue, definition, text);
        if (definition is { Kind: ParameterKind.List, Choices.Count: > 0 })
            return CheckChoices(definition, text);
        return TextShape.Check(definition, text) is { } message ? Error(definition, message) : null;
    }

    private static ParameterIssue? CheckChoice(ParameterDefinition definition, string word) =>
        definition.Choices.Contains(word) ? null : Error(definition, $"'{word}' is not one of: {string.Join(", ", definition.Choices)}.");

    // Unknown samplers are dropped by the engine with a line in its log; other unknown words stop it.
    private static ParameterIssue? CheckChoices(ParameterDefinition definition, string text)
    {
        if (ParameterValue.Split(definition, text).FirstOrDefault(word => !definition.Choices.Contains(word)) is not { } unknown)
            return null;
        var message = $"'{unknown}' is not one of: {string.Join(", ", definition.Choices)}.";
        return definition.Column == "samplers" ? Warning(definition, message + " The engine leaves it out.") : Error(definition, message);
    }

    private static ParameterIssue? CheckJson(ParameterCatalogue catalogue, ParameterDefinition definition, string text)
    {
        // A flag of the user's own is shown as JSON inside other JSON.
        var read = ForeignJson.Parse(text, definition.Column == "custom_params" ? ForeignJson.MaxNestedDepth : ForeignJson.MaxDepth);
        if (read.Failure is { } failure)
            return Error(definition, ForeignJson.Words(failure));
        using var document = read.Value;
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return Error(definition, "A JSON object is needed, such as {\"name\": 1}.");
        if (definition.Column == EngineVariables.Column)
            return EngineVariables.Check(catalogue, text) is { Count: > 0 } refused ? Error(definition, string.Join(" ", refused)) : null;
        if (definition.Column != "custom_params")
            return null;
        return CustomParameters.Refuse(catalogue, text) is var (flag, reason)
            ? Error(definition, $"{flag} cannot stand here: {reason}")
            : null;
    }

    private static string Range(ParameterDefinition definition) => RangeText(definition) ?? "a number of 32 bits";

    private static ParameterIssue Error(ParameterDefinition definition, string message) => new(definition.Column, message, true);

    private static ParameterIssue Warning(ParameterDefinition definition, string message) => new(definition.Column, message, false);
}
