using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>Request fields that an alias sets: a variant of a model that needs no second engine (peers.md 3, ask 13).</summary>
public static class AliasParameters
{
    /// <summary>Characters of the JSON of one alias.</summary>
    public const int LengthLimit = 16_384;

    // What a client asks is its own; an alias only says how it is answered.
    private static readonly string[] Forbidden = ["model", "messages", "prompt", "input", "stream", "stream_options"];

    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What is wrong with the parameters of an alias, or null.</summary>
    /// <param name="json">A JSON object.</param>
    public static string? Check(string json)
    {
        if (json.Length > LengthLimit)
            return $"At most {LengthLimit} characters.";
        try
        {
            if (JsonNode.Parse(json) is not JsonObject fields)
                return "A JSON object such as {\"temperature\": 1.2}.";
            var forbidden = fields.Select(field => field.Key).Intersect(Forbidden).ToList();
            return forbidden.Count == 0 ? null : $"An alias cannot set {string.Join(", ", forbidden)}: the request does.";
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return "Not valid JSON: " + error.Message;
        }
    }

    /// <summary>The body with the fields of the alias in place of its own. Numbers stay as they were written.</summary>
    /// <param name="body">A JSON object.</param>
    /// <param name="json">Fields of the alias.</param>
    public static byte[] Apply(ReadOnlySpan<byte> body, string json)
    {
        var request = JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { MaxDepth = 512 })!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(json)!.AsObject())
            request[name] = value?.DeepClone();
        return JsonSerializer.SerializeToUtf8Bytes(request, AsWritten);
    }
}
