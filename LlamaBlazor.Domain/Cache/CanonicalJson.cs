using System.Buffers;
using System.Text.Json;

namespace LlamaBlazor.Domain.Cache;

/// <summary>One spelling for equal JSON: fields sorted, no white space, texts escaped alike. Numbers stay as written, since 64-bit seeds
/// must not be rounded.</summary>
public static class CanonicalJson
{
    /// <summary>The canonical spelling of an element.</summary>
    /// <param name="element">The element.</param>
    /// <param name="skip">Names of fields of the outermost object to leave out.</param>
    public static byte[] Bytes(JsonElement element, IReadOnlySet<string>? skip = null)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, element, skip);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element, IReadOnlySet<string>? skip)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var field in LastOfEach(element).Where(field => skip?.Contains(field.Name) != true))
                {
                    writer.WritePropertyName(field.Name);
                    Write(writer, field.Value, null);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(writer, item, null);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(element.GetRawText());
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(element.GetString());
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    // A repeated field counts once, with its last value, as engines read it.
    private static IEnumerable<JsonProperty> LastOfEach(JsonElement element) =>
        element
            .EnumerateObject()
            .GroupBy(field => field.Name)
            .Select(group => group.Last())
            .OrderBy(field => field.Name, StringComparer.Ordinal);
}
