using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>Errors in the form that OpenAI's clients read: <c>{"error":{"message","type","code"}}</c>.</summary>
public static class OpenAiError
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Options for other bodies with words for people: letters stay as they are written.</summary>
    public static JsonSerializerOptions AsWritten { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of an error answer.</summary>
    /// <param name="error">Kind of error.</param>
    /// <param name="message">What is wrong and what to do.</param>
    public static byte[] Json(ProxyError error, string message)
    {
        var facts = error.Facts();
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("message", message);
            json.WriteString("type", facts.Type);
            json.WriteString("code", facts.Code);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The error as an event of a stream that has already begun. It starts with a line end, since the last event may have been
    /// cut.</summary>
    /// <param name="error">Kind of error.</param>
    /// <param name="message">What is wrong and what to do.</param>
    public static byte[] Event(ProxyError error, string message) => [.. "\n\ndata: "u8, .. Json(error, message), .. "\n\n"u8];
}
