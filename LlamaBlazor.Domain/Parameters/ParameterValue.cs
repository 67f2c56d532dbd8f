using System.Globalization;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>Values of parameters: bool, long, double or string, as their column holds them.</summary>
public static class ParameterValue
{
    private const double Tolerance = 1e-6;

    /// <summary>A value as llama-server reads it.</summary>
    /// <param name="value">A value.</param>
    public static string Format(object value) =>
        value switch
        {
            bool flag => flag ? "1" : "0",
            double number => number.ToString("0.################", CultureInfo.InvariantCulture) is var text
            && double.Parse(text, CultureInfo.InvariantCulture).Equals(number)
                ? text
                : number.ToString("R", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };

    /// <summary>Whether a value says what the engine does anyway. Numbers within 1e-6, lists by their items.</summary>
    /// <param name="definition">The parameter.</param>
    /// <param name="value">A value of its column's type.</param>
    public static bool IsDefault(ParameterDefinition definition, object value) =>
        definition.Default is { } known && AreEqual(definition, Canonical(definition, value), Canonical(definition, known));

    /// <summary>Whether two values of a parameter mean the same.</summary>
    /// <param name="definition">The parameter.</param>
    /// <param name="left">A value or null.</param>
    /// <param name="right">Another.</param>
    public static bool AreEqual(ParameterDefinition definition, object? left, object? right) =>
        (left, right) switch
        {
            (null, null) => true,
            (null, _) or (_, null) => false,
            (double a, double b) => Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Abs(b)),
            (string a, string b) when definition.Kind is ParameterKind.List => Split(definition, a).SequenceEqual(Split(definition, b)),
            (string a, string b) when definition.Kind is ParameterKind.Items => ItemList.Read(a).SequenceEqual(ItemList.Read(b)),
            _ => left.Equals(right),
        };

    /// <summary>Items of a list parameter.</summary>
    /// <param name="definition">A parameter of kind <see cref="ParameterKind.List"/> or <see cref="ParameterKind.Items"/>.</param>
    /// <param name="text">The column's text.</param>
    public static IReadOnlyList<string> Split(ParameterDefinition definition, string text) =>
        definition.Kind switch
        {
            ParameterKind.Items => ItemList.Read(text),
            _ when HasQuotes(definition) => ItemList.ReadRow(text),
            _ => text.Split(
                definition.Emission == Emission.Semicolon ? ';' : ',',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            ),
        };

    /// <summary>Items as the text of their column, the opposite of <see cref="Split"/>.</summary>
    /// <param name="definition">A parameter of kind <see cref="ParameterKind.List"/> or <see cref="ParameterKind.Items"/>.</param>
    /// <param name="items">The items.</param>
    public static string Join(ParameterDefinition definition, IReadOnlyList<string> items) =>
        definition.Kind switch
        {
            ParameterKind.Items => ItemList.Write(items),
            _ when HasQuotes(definition) => ItemList.WriteRow(items),
            _ => string.Join(definition.Emission == Emission.Semicolon ? ';' : ',', items),
        };

    /// <summary>The files that a list of files names, without what stands behind them.</summary>
    /// <param name="definition">A parameter with <see cref="ParameterDefinition.NamesFiles"/>.</param>
    /// <param name="text">The column's text.</param>
    public static IEnumerable<string> Files(ParameterDefinition definition, string text) =>
        Split(definition, text)
            .Select(item =>
                definition.Column.EndsWith("_scaled", StringComparison.Ordinal) && item.LastIndexOf(':') is > 0 and var colon
                    ? item[..colon]
                    : item
            );

    // The others split on every comma, so that an item cannot hold one (parameters.md 0).
    private static bool HasQuotes(ParameterDefinition definition) =>
        definition.Column
            is "lora"
                or "lora_scaled"
                or "control_vector"
                or "control_vector_scaled"
                or "override_kv"
                or "api_key"
                or "tools";

    // Different words for one thing: -1 layers are auto, below are all; the largest seed is the random one.
    private static object Canonical(ParameterDefinition definition, object value) =>
        (definition.Column, value) switch
        {
            ("gpu_layers" or "n_gpu_layers_draft", string text)
                when long.TryParse(text, CultureInfo.InvariantCulture, out var layers) && layers < 0 => layers == -1 ? "auto" : "all",
            ("seed", 4294967295L) => -1L,
            _ => value,
        };
}
