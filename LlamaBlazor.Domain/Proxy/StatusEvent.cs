using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Domain.Proxy;

/// <summary>A word to somebody who waits, as an event of a chat's stream: clients show thoughts apart from the answer.</summary>
public static class StatusEvent
{
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The event.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="words">What to say.</param>
    public static byte[] Make(string model, string words)
    {
        var chunk = new JsonObject
        {
            ["id"] = "status",
            ["object"] = "chat.completion.chunk",
            ["created"] = 0,
            ["model"] = model,
            ["choices"] = new JsonArray(
                (JsonNode)
                    new JsonObject
                    {
                        ["index"] = 0,
                        ["delta"] = new JsonObject { ["reasoning_content"] = words },
                        ["finish_reason"] = null,
                    }
            ),
        };
        return [.. "data: "u8, .. JsonSerializer.SerializeToUtf8Bytes(chunk, AsWritten), .. "\n\n"u8];
    }
}
