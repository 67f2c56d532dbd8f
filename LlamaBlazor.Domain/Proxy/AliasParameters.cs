using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>Request fields that an alias sets: a variant of a model that needs no second engine (peers.md 3, ask 13).</summary>
public static class AliasParameters
{
    /// <summary>Characters of the JSON of one alias.</summary>
    public const int LengthLimit = 16_384;

    // What a client asks is its own; an alias only says how it is answered.
    private static readonly string[] Forbidden = ["model", "messages", "prompt", "input", "stream", "stream_options"];

    private static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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

    /// <summary>
    /// The body with the fields of the alias in place of its own. Values stay as they were written; of a repeated field the last counts, as engines
    /// read it.
    /// </summary>
    /// <param name="body">A JSON object, with or without a byte order mark.</param>
    /// <param name="json">Fields of the alias.</param>
    public static byte[] Apply(ReadOnlyMemory<byte> body, string json)
    {
        using var request = JsonDocument.Parse(RequestReader.WithoutBom(body), new JsonDocumentOptions { MaxDepth = RequestReader.MaxDepth });
        using var alias = JsonDocument.Parse(json);
        var own = alias.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value);
        var buffer = new ArrayBufferWriter<byte>(body.Length + json.Length);
        using (var writer = new Utf8JsonWriter(buffer, AsWritten))
        {
            writer.WriteStartObject();
            foreach (var field in request.RootElement.EnumerateObject().GroupBy(field => field.Name).Select(group => group.Last()))
                WriteField(writer, field.Name, own.Remove(field.Name, out var value) ? value : field.Value);
            foreach (var (name, value) in own)
                WriteField(writer, name, value);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteField(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }
}
