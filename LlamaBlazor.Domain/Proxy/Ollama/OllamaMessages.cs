using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Domain.Proxy.Ollama;

/// <summary>Translates the messages of a chat: pictures become parts, calls of tools get the ids and the written-out arguments that
/// OpenAI's form has.</summary>
internal static class OllamaMessages
{
    /// <summary>The messages in OpenAI's form.</summary>
    public static JsonArray Translate(JsonArray messages)
    {
        var translated = new JsonArray();
        var open = new Queue<string>(); // ids of calls whose results are to come, in order
        var calls = 0;
        foreach (var message in messages.OfType<JsonObject>())
        {
            var target = new JsonObject { ["role"] = message["role"]?.DeepClone(), ["content"] = Content(message) };
            if (message["thinking"] is { } thinking)
                target["reasoning_content"] = thinking.DeepClone();
            if (message["tool_calls"] is JsonArray { Count: > 0 } wanted)
                target["tool_calls"] = new JsonArray([.. wanted.OfType<JsonObject>().Select(call => ToolCall(call, open, ref calls))]);
            if (message["role"]?.ToString() == "tool")
                target["tool_call_id"] =
                    message["tool_call_id"]?.DeepClone() ?? JsonValue.Create(open.TryDequeue(out var id) ? id : "call_0");
            translated.Add((JsonNode)target);
        }

        return translated;
    }

    private static JsonNode? Content(JsonObject message)
    {
        if (message["images"] is not JsonArray { Count: > 0 } images)
            return message["content"]?.DeepClone();
        var parts = new JsonArray
        {
            (JsonNode)
                new JsonObject { ["type"] = "text", ["text"] = message["content"]?.DeepClone() ?? "" },
        };
        foreach (var image in images.Select(image => image?.ToString() ?? ""))
            parts.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["type"] = "image_url",
                        ["image_url"] = new JsonObject
                        {
                            ["url"] = image.StartsWith("data:", StringComparison.Ordinal) ? image : $"data:{TypeOf(image)};base64,{image}",
                        },
                    }
            );
        return parts;
    }

    // Ollama sends bare base64: the first bytes tell what it is.
    private static string TypeOf(string base64) =>
        base64 switch
        {
            ['/', '9', 'j', '/', ..] => "image/jpeg",
            ['R', '0', 'l', 'G', ..] => "image/gif",
            ['U', 'k', 'l', 'G', ..] => "image/webp",
            _ => "image/png",
        };

    private static JsonObject ToolCall(JsonObject call, Queue<string> open, ref int calls)
    {
        var id = call["id"]?.ToString() ?? $"call_{calls}";
        calls++;
        open.Enqueue(id);
        var arguments = call["function"]?["arguments"];
        return new JsonObject
        {
            ["id"] = id,
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = call["function"]?["name"]?.DeepClone(),
                ["arguments"] =
                    arguments is JsonValue text && text.GetValueKind() == JsonValueKind.String
                        ? text.DeepClone()
                        : arguments?.ToJsonString() ?? "{}",
            },
        };
    }
}
