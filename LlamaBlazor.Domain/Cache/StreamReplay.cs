using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Domain.Cache;

/// <summary>Makes a stream of events out of a stored answer: what a client gets that asked with <c>stream: true</c>.</summary>
public static class StreamReplay
{
    /// <summary>The stream, or null when the answer cannot be streamed.</summary>
    /// <param name="kind">Kind of the route.</param>
    /// <param name="answer">The stored answer.</param>
    /// <param name="includeUsage">Whether the client asked for a chunk with the usage.</param>
    public static byte[]? ToStream(RouteKind kind, ReadOnlySpan<byte> answer, bool includeUsage)
    {
        try
        {
            if (JsonNode.Parse(answer) is not JsonObject whole)
                return null;
            var chunks = kind switch
            {
                RouteKind.Chat => Chat(whole, includeUsage),
                RouteKind.Completion => Completion(whole),
                RouteKind.Native => [whole],
                _ => null,
            };
            return chunks is null ? null : Write(chunks, done: kind != RouteKind.Native);
        }
        // repeated fields, or not of the form of an answer
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or InvalidCastException)
        {
            return null;
        }
    }

    private static List<JsonObject>? Chat(JsonObject whole, bool includeUsage)
    {
        if (whole["choices"] is not JsonArray choices)
            return null;
        var chunks = new List<JsonObject>();
        foreach (var choice in choices.OfType<JsonObject>())
        {
            var index = choice["index"]?.DeepClone() ?? 0;
            var delta = (JsonObject?)choice["message"]?.DeepClone() ?? [];
            NumberTools(delta);
            chunks.Add(Chunk(whole, index, delta, null));
            chunks.Add(Chunk(whole, index.DeepClone(), [], choice["finish_reason"]?.DeepClone() ?? "stop"));
        }

        if (chunks.Count > 0 && whole["timings"] is { } timings)
            chunks[^1]["timings"] = timings.DeepClone();
        if (includeUsage && whole["usage"] is { } usage)
            chunks.Add(Head(whole, [], ("usage", usage.DeepClone())));
        return chunks;
    }

    private static List<JsonObject> Completion(JsonObject whole)
    {
        foreach (var choice in (whole["choices"] as JsonArray ?? []).OfType<JsonObject>())
            choice["finish_reason"] ??= "stop";
        return [whole];
    }

    private static void NumberTools(JsonObject delta)
    {
        var index = 0;
        foreach (var call in (delta["tool_calls"] as JsonArray ?? []).OfType<JsonObject>())
            call["index"] = index++;
    }

    private static JsonObject Chunk(JsonObject whole, JsonNode index, JsonObject delta, JsonNode? finish) =>
        Head(
            whole,
            [
                new JsonObject
                {
                    ["index"] = index,
                    ["delta"] = delta,
                    ["finish_reason"] = finish,
                },
            ]
        );

    private static JsonObject Head(JsonObject whole, JsonArray choices, params (string Name, JsonNode Value)[] more)
    {
        var chunk = new JsonObject { ["choices"] = choices };
        foreach (var name in new[] { "id", "created", "model", "system_fingerprint" })
        {
            if (whole[name] is { } value)
                chunk[name] = value.DeepClone();
        }

        chunk["object"] = "chat.completion.chunk";
        foreach (var (name, value) in more)
            chunk[name] = value;
        return chunk;
    }

    private static byte[] Write(List<JsonObject> chunks, bool done)
    {
        using var stream = new MemoryStream();
        foreach (var chunk in chunks)
        {
            stream.Write("data: "u8);
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(chunk));
            stream.Write("\n\n"u8);
        }

        if (done)
            stream.Write("data: [DONE]\n\n"u8);
        return stream.ToArray();
    }
}
