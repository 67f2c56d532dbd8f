using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Domain.Cache;

/// <summary>Makes the plain answer out of a finished stream, so that one entry of the cache serves both.</summary>
public static class StreamAssembler
{
    /// <summary>The answer as one JSON object, or null when the stream is not one of a known kind or has not finished.</summary>
    /// <param name="kind">Kind of the route.</param>
    /// <param name="stream">The whole stream.</param>
    public static byte[]? Assemble(RouteKind kind, ReadOnlySpan<byte> stream)
    {
        var events = Events(stream);
        var answer = events is null or { Count: 0 }
            ? null
            : kind switch
            {
                RouteKind.Chat => Choices(events, "chat.completion", MergeDelta),
                RouteKind.Completion => Choices(events, null, MergeText),
                RouteKind.Native => Native(events),
                _ => null,
            };
        return answer is null ? null : JsonSerializer.SerializeToUtf8Bytes(answer);
    }

    private static List<JsonObject>? Events(ReadOnlySpan<byte> stream)
    {
        var events = new List<JsonObject>();
        var valid = true;
        var parser = new SseParser(data =>
        {
            if (data.SequenceEqual("[DONE]"u8))
                return;
            if (Parse(data) is { } parsed)
                events.Add(parsed);
            else
                valid = false;
        });
        parser.Feed(stream);
        parser.Complete();
        return valid ? events : null;
    }

    private static JsonObject? Parse(ReadOnlySpan<byte> data)
    {
        try
        {
            return JsonNode.Parse(data) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject? Choices(List<JsonObject> events, string? objectName, Action<JsonObject, JsonObject> merge)
    {
        var answer = new JsonObject();
        var choices = new SortedDictionary<int, JsonObject>();
        foreach (var chunk in events)
        {
            foreach (var (name, value) in chunk)
            {
                if (name != "choices" && value is not null)
                    answer[name] = value.DeepClone();
            }

            foreach (var choice in (chunk["choices"] as JsonArray ?? []).OfType<JsonObject>())
                MergeChoice(choices, choice, merge);
        }

        if (choices.Count == 0 || choices.Values.Any(choice => choice["finish_reason"] is null))
            return null;
        if (objectName is not null)
            answer["object"] = objectName;
        answer["choices"] = new JsonArray([.. choices.Values]);
        if (answer["usage"] is null && answer["timings"] is JsonObject timings)
            answer["usage"] = UsageOf(timings);
        return answer;
    }

    // A stream tells its usage only where that was asked for; a plain answer always has it.
    private static JsonObject? UsageOf(JsonObject timings)
    {
        if (Count(timings["prompt_n"]) is not { } fresh || Count(timings["predicted_n"]) is not { } written)
            return null;
        var cached = Count(timings["cache_n"]) ?? 0;
        return new JsonObject
        {
            ["completion_tokens"] = written,
            ["prompt_tokens"] = fresh + cached,
            ["total_tokens"] = fresh + cached + written,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cached },
        };
    }

    private static long? Count(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var count) ? count : null;

    private static void MergeChoice(SortedDictionary<int, JsonObject> choices, JsonObject choice, Action<JsonObject, JsonObject> merge)
    {
        var index = choice["index"]?.GetValue<int>() ?? 0;
        if (!choices.TryGetValue(index, out var target))
            choices[index] = target = new JsonObject { ["index"] = index };
        merge(target, choice);
        if (choice["finish_reason"] is { } reason)
            target["finish_reason"] = reason.DeepClone();
    }

    private static void MergeText(JsonObject target, JsonObject choice)
    {
        target["text"] = Text(target["text"]) + Text(choice["text"]);
        if (choice["logprobs"] is { } logprobs)
            target["logprobs"] = logprobs.DeepClone();
    }

    private static void MergeDelta(JsonObject target, JsonObject choice)
    {
        if (target["message"] is not JsonObject message)
            target["message"] = message = new JsonObject { ["role"] = "assistant", ["content"] = null };
        foreach (var (name, value) in choice["delta"] as JsonObject ?? [])
        {
            if (name == "tool_calls")
                MergeTools(message, value as JsonArray ?? []);
            else if (value is JsonValue text && text.GetValueKind() == JsonValueKind.String && name != "role")
                message[name] = Text(message[name]) + Text(text);
            else if (value is not null)
                message[name] = value.DeepClone();
        }
    }

    // Calls are numbered; name and id come once, the arguments in pieces.
    private static void MergeTools(JsonObject message, JsonArray deltas)
    {
        if (message["tool_calls"] is not JsonArray calls)
            message["tool_calls"] = calls = [];
        foreach (var delta in deltas.OfType<JsonObject>())
        {
            var index = delta["index"]?.GetValue<int>() ?? 0;
            while (calls.Count <= index && calls.Count < 128)
                calls.Add(
                    (JsonNode)
                        new JsonObject
                        {
                            ["type"] = "function",
                            ["function"] = new JsonObject { ["name"] = "", ["arguments"] = "" },
                        }
                );
            if (index >= calls.Count || calls[index] is not JsonObject call || call["function"] is not JsonObject function)
                continue;
            if (delta["id"] is { } id)
                call["id"] = id.DeepClone();
            function["name"] = Text(function["name"]) + Text(delta["function"]?["name"]);
            function["arguments"] = Text(function["arguments"]) + Text(delta["function"]?["arguments"]);
        }
    }

    private static JsonObject? Native(List<JsonObject> events)
    {
        var last = events[^1];
        if (last["stop"]?.GetValue<bool>() != true)
            return null;
        var content = new StringBuilder();
        foreach (var part in events)
            content.Append(Text(part["content"]));
        var answer = (JsonObject)last.DeepClone();
        answer["content"] = content.ToString();
        return answer;
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
