using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>Takes bytes that are gone when it returns.</summary>
/// <param name="bytes">The bytes.</param>
public delegate void BytesWriter(ReadOnlySpan<byte> bytes);

/// <summary>Request fields that an alias sets: a variant of a model that needs no second engine (peers.md 3, ask 13).</summary>
public static class AliasParameters
{
    /// <summary>Characters of the JSON of one alias.</summary>
    public const int LengthLimit = 16_384;

    // What a client asks is its own; an alias only says how it is answered.
    private static readonly string[] Forbidden = ["model", "messages", "prompt", "input", "stream", "stream_options"];

    /// <summary>What is wrong with the parameters of an alias, or null.</summary>
    /// <param name="json">A JSON object.</param>
    public static string? Check(string json)
    {
        if (json.Length > LengthLimit)
            return $"At most {LengthLimit} characters.";
        var read = ForeignJson.Parse(json, ForeignJson.MaxNestedDepth); // lists show it inside other JSON
        if (read.Failure is { } failure)
            return ForeignJson.Words(failure);
        using var document = read.Value;
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return "A JSON object such as {\"temperature\": 1.2}.";
        var forbidden = document.RootElement.EnumerateObject().Select(field => field.Name).Intersect(Forbidden).ToList();
        return forbidden.Count == 0 ? null : $"An alias cannot set {string.Join(", ", forbidden)}: the request does.";
    }

    /// <summary>The body with the fields of the alias, as <see cref="Apply(ReadOnlySpan{byte}, string, BytesWriter)"/> writes it.</summary>
    /// <param name="body">A JSON object, with or without a byte order mark.</param>
    /// <param name="json">Fields of the alias.</param>
    public static byte[] Apply(ReadOnlyMemory<byte> body, string json)
    {
        var buffer = new ArrayBufferWriter<byte>(body.Length + json.Length);
        Apply(body.Span, json, bytes => buffer.Write(bytes));
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Writes the body with the fields of the alias in place of its own. Values stay as they were written; of a repeated field the last
    /// counts, as engines
    /// read it.
    /// </summary>
    /// <param name="body">A JSON object, with or without a byte order mark.</param>
    /// <param name="json">Fields of the alias.</param>
    /// <param name="write">Gets the new body piece by piece; long values are never copied.</param>
    public static void Apply(ReadOnlySpan<byte> body, string json, BytesWriter write)
    {
        body = RequestReader.WithoutBom(body);
        using var alias = JsonDocument.Parse(json);
        var own = alias.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value);
        write("{"u8);
        var first = true;
        foreach (var (name, value) in FieldsOf(body))
        {
            WriteName(write, name, ref first);
            write(own.Remove(name, out var replaced) ? JsonMarshal.GetRawUtf8Value(replaced) : body[value]);
        }

        foreach (var (name, value) in own)
        {
            WriteName(write, name, ref first);
            write(JsonMarshal.GetRawUtf8Value(value));
        }

        write("}"u8);
    }

    // Where the value of each field stands: of a repeated one the last, in the place of the first.
    private static List<(string Name, Range Value)> FieldsOf(ReadOnlySpan<byte> body)
    {
        var fields = new List<(string Name, Range Value)>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var value = start..(int)reader.BytesConsumed;
            if (places.TryAdd(name, fields.Count))
                fields.Add((name, value));
            else
                fields[places[name]] = (name, value);
        }

        return fields;
    }

    private static void WriteName(BytesWriter write, string name, ref bool first)
    {
        write(first ? "\""u8 : ",\""u8);
        write(JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        write("\":"u8);
        first = false;
    }
}
