using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>Errors in the form that Anthropic's clients read: <c>{"type":"error","error":{"type","message"}}</c>.</summary>
public static class AnthropicError
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of an error answer.</summary>
    /// <param name="error">Kind of error.</param>
    /// <param name="message">What is wrong and what to do.</param>
    public static byte[] Json(ProxyError error, string message)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("type", "error");
            json.WriteStartObject("error");
            json.WriteString("type", TypeOf(error.Facts().Status));
            json.WriteString("message", message);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The error as an event of a stream that has already begun. It starts with a line end, since the last event may have been
    /// cut.</summary>
    /// <param name="error">Kind of error.</param>
    /// <param name="message">What is wrong and what to do.</param>
    public static byte[] Event(ProxyError error, string message) => [.. "\n\nevent: error\ndata: "u8, .. Json(error, message), .. "\n\n"u8];

    // The words of Anthropic's API reference, section Errors; what it has no word for is its server's fault or the request's.
    private static string TypeOf(int status) =>
        status switch
        {
            401 => "authentication_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            503 => "overloaded_error",
            504 => "timeout_error",
            >= 500 => "api_error",
            _ => "invalid_request_error",
        };
}
