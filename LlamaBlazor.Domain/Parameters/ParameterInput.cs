using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>A value that came from a form or from JSON: in the column's type, or the words that say why it is none.</summary>
/// <param name="Value">The value; null clears.</param>
/// <param name="Error">What is wrong, or null.</param>
public sealed record ParameterInput(object? Value, string? Error = null)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Nothing set.</summary>
    public static ParameterInput Cleared { get; } = new(Value: null);

    /// <summary>Reads what somebody typed. Items are one a line; a line end inside of one is written <c>\n</c>, as the engine reads it
    /// too.</summary>
    /// <param name="definition">The parameter.</param>
    /// <param name="text">The text; blank clears.</param>
    public static ParameterInput FromText(ParameterDefinition definition, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Cleared;
        var word = text.Trim();
        if (definition.ValueType == typeof(bool))
            return word is "1" or "true" ? new ParameterInput(true)
                : word is "0" or "false" ? new ParameterInput(false)
                : new ParameterInput(null, "Give on, off or default.");
        if (definition.ValueType == typeof(long))
            return long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? new ParameterInput(whole)
                : new ParameterInput(null, $"'{Shorten(word)}' is not a whole number.");
        if (definition.ValueType == typeof(double))
            return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? new ParameterInput(number)
                : new ParameterInput(null, $"'{Shorten(word)}' is not a number. Write fractions with a point, such as 0.8.");
        return definition.Kind switch
        {
            ParameterKind.Items => new ParameterInput(
                ItemList.Write([.. text.Split('\n').Select(line => line.TrimEnd('\r').Replace("\\n", "\n")).Where(line => line.Length > 0)])
            ),
            ParameterKind.Lines => new ParameterInput(text.ReplaceLineEndings("\n")),
            ParameterKind.Json => new ParameterInput(Minify(word)),
            _ => new ParameterInput(word),
        };
    }

    /// <summary>Reads a value of a JSON body.</summary>
    /// <param name="definition">The parameter.</param>
    /// <param name="json">The value; null clears.</param>
    public static ParameterInput FromJson(ParameterDefinition definition, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Null)
            return Cleared;
        if (definition.ValueType == typeof(bool))
            return Switch(json);
        if (definition.ValueType == typeof(long))
            return json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var whole)
                ? new ParameterInput(whole)
                : new ParameterInput(null, "A whole number is needed.");
        if (definition.ValueType == typeof(double))
            return json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out var number)
                ? new ParameterInput(number)
                : new ParameterInput(null, "A number is needed.");
        return (json.ValueKind, definition.Kind) switch
        {
            (JsonValueKind.String, _) when json.GetString() is "" => Cleared,
            (JsonValueKind.String, ParameterKind.Items) => new ParameterInput(ItemList.Write(ItemList.Read(json.GetString()!))),
            (JsonValueKind.String, ParameterKind.Json) => new ParameterInput(Minify(json.GetString()!)),
            (JsonValueKind.String, _) => new ParameterInput(json.GetString()),
            (JsonValueKind.Array, ParameterKind.Items) => Items(json),
            (JsonValueKind.Object, ParameterKind.Json) => new ParameterInput(Minify(json.GetRawText())),
            (JsonValueKind.Number, _) when definition.Column is "gpu_layers" or "n_gpu_layers_draft" or "fit_target" => new ParameterInput(
                json.GetRawText()
            ),
            (_, ParameterKind.Items) => new ParameterInput(null, "A list of texts is needed."),
            (_, ParameterKind.Json) => new ParameterInput(null, "A JSON object, or a text that holds one, is needed."),
            _ => new ParameterInput(null, "A text is needed."),
        };
    }

    /// <summary>JSON in one line, as it is stored: so it fits into a preset file too. A text that is none stays as it is.</summary>
    /// <param name="text">Any text.</param>
    public static string Minify(string text)
    {
        var read = ForeignJson.Parse(text);
        if (!read.IsSuccess)
            return text;
        using var document = read.Value;
        return JsonSerializer.Serialize(document.RootElement, Plain);
    }

    /// <summary>A value as the form shows it.</summary>
    /// <param name="definition">The parameter.</param>
    /// <param name="value">A value of the column's type, or null.</param>
    public static string ToText(ParameterDefinition definition, object? value) =>
        value switch
        {
            null => "",
            string text when definition.Kind == ParameterKind.Items => string.Join(
                '\n',
                ItemList.Read(text).Select(item => item.Replace("\n", "\\n"))
            ),
            _ => ParameterValue.Format(value),
        };

    private static ParameterInput Switch(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.True => new ParameterInput(true),
            JsonValueKind.False => new ParameterInput(false),
            JsonValueKind.Number when json.TryGetInt64(out var digit) && digit is 0 or 1 => new ParameterInput(digit == 1),
            _ => new ParameterInput(null, "1, 0 or null is needed."),
        };

    private static ParameterInput Items(JsonElement json) =>
        json.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? json.GetArrayLength() == 0
                ? Cleared
                : new ParameterInput(ItemList.Write([.. json.EnumerateArray().Select(item => item.GetString()!)]))
            : new ParameterInput(null, "Each item must be a text.");

    private static string Shorten(string word) => word.Length <= 40 ? word : word[..40] + "…";
}
