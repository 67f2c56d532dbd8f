using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>Header values as text: for the column <c>metadata_json</c>, for answers of the API and for people.</summary>
public static class MetadataText
{
    private const int TextBound = 1000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The keys as a JSON object: short values as they are, cut arrays as <c>{"count":n}</c>, texts up to 1,000 characters, chat
    /// templates left out (they have a column).</summary>
    /// <param name="metadata">The keys.</param>
    public static string Json(GgufMetadata metadata)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            foreach (var (key, value) in metadata.Entries)
            {
                if (key.StartsWith("tokenizer.chat_template", StringComparison.Ordinal))
                    continue;
                json.WritePropertyName(key);
                Write(json, value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>One value for people: numbers without rounding, arrays as their first items.</summary>
    /// <param name="value">A value of the header, or an item of an array.</param>
    public static string Show(object? value) =>
        value switch
        {
            GgufValue { Type: GgufType.Array } array => string.Join(", ", array.Items.Select(Show)) + (array.IsCut ? ", …" : ""),
            GgufValue scalar => Show(scalar.Scalar),
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value as string ?? "",
        };

    // Not between the two halves of a character outside the first plane: JSON cannot hold half of one.
    private static string Cut(string text) =>
        text.Length <= TextBound ? text : text[..(char.IsHighSurrogate(text[TextBound - 1]) ? TextBound - 1 : TextBound)] + "…";

    private static void Write(Utf8JsonWriter json, GgufValue value)
    {
        if (value is { Type: GgufType.Array, IsCut: true })
        {
            json.WriteStartObject();
            json.WriteNumber("count", value.Count);
            json.WriteEndObject();
        }
        else if (value.Type == GgufType.Array)
        {
            json.WriteStartArray();
            foreach (var item in value.Items)
                WriteScalar(json, item);
            json.WriteEndArray();
        }
        else
        {
            WriteScalar(json, value.Scalar);
        }
    }

    private static void WriteScalar(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case long number:
                json.WriteNumberValue(number);
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case string text:
                json.WriteStringValue(Cut(text));
                break;
            default:
                json.WriteStringValue(Show(value));
                break; // NaN and infinities have no JSON number
        }
    }
}
