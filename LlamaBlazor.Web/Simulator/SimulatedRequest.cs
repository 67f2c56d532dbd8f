using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary>A completion request and the JSON of its answers, in the three forms of llama-server.</summary>
internal sealed class SimulatedRequest
{
    private readonly string _id = "chatcmpl-" + Guid.NewGuid().ToString("N");
    private readonly string _model;
    private readonly long _created;
    private readonly bool _includeUsage;

    /// <summary>Reads the body.</summary>
    public SimulatedRequest(JsonObject body, CompletionShape shape, string model, long created)
    {
        (Shape, _model, _created) = (shape, model, created);
        IsStream = Flag(body["stream"]);
        MaxTokens = Number(body["max_completion_tokens"] ?? body["max_tokens"] ?? body["n_predict"]);
        var asksUser = (body["messages"] as JsonArray)?.LastOrDefault()?["role"]?.ToString() == "user" && body["tool_choice"]?.ToString() != "none";
        Tool = shape is CompletionShape.Chat && asksUser ? (body["tools"] as JsonArray)?.FirstOrDefault()?["function"]?["name"]?.ToString() : null;
        _includeUsage = body["stream_options"] is JsonObject options && Flag(options["include_usage"]);
    }

    /// <summary>The tool it calls instead of saying something: the first one it is given, as long as the question is the user's. Null mostly.</summary>
    public string? Tool { get; }

    /// <summary>Its form.</summary>
    public CompletionShape Shape { get; }

    /// <summary>True when the answer is streamed.</summary>
    public bool IsStream { get; }

    /// <summary>Most tokens wanted, or -1.</summary>
    public int MaxTokens { get; }

    /// <summary>The first chunk of a stream, where the form has one.</summary>
    public JsonObject? Opening() => Shape is CompletionShape.Chat ? Chunk(new JsonObject { ["role"] = "assistant", ["content"] = null }, null) : null;

    /// <summary>The chunk that calls <see cref="Tool"/>.</summary>
    public JsonObject ToolChunk() => Chunk(new JsonObject { ["tool_calls"] = ToolCalls(isChunk: true) }, null);

    /// <summary>The chunk of one token.</summary>
    public JsonObject Chunk(string token, int predicted, int evaluated) => Shape switch
    {
        CompletionShape.Chat => Chunk(new JsonObject { ["content"] = token }, null),
        CompletionShape.Text => Text(token, null),
        _ => new JsonObject { ["index"] = 0, ["content"] = token, ["tokens"] = new JsonArray(predicted), ["stop"] = false, ["id_slot"] = -1, ["tokens_predicted"] = predicted, ["tokens_evaluated"] = evaluated },
    };

    /// <summary>The last chunks of a stream: where <c>timings</c> and <c>usage</c> sit differs by form (parameters.md e).</summary>
    public IEnumerable<JsonObject> Closing(string reason, SimulatedTimings timings)
    {
        if (Shape is CompletionShape.Chat)
        {
            var last = Chunk(new JsonObject(), reason);
            if (!_includeUsage)
                last["timings"] = timings.Timings();
            yield return last;
            if (_includeUsage)
            {
                var usage = Envelope("chat.completion.chunk", []);
                (usage["usage"], usage["timings"]) = (timings.Usage(), timings.Timings());
                yield return usage;
            }
        }
        else if (Shape is CompletionShape.Text)
        {
            var last = Text("", reason);
            (last["usage"], last["timings"]) = (timings.Usage(), timings.Timings());
            yield return last;
        }
        else
        {
            yield return Native("", reason, timings);
        }
    }

    /// <summary>The answer that is not streamed.</summary>
    public JsonObject Whole(string text, string reason, SimulatedTimings timings)
    {
        if (Shape is CompletionShape.Native)
            return Native(text, reason, timings);
        var answer = Shape is CompletionShape.Chat
            ? Envelope("chat.completion", [new JsonObject { ["finish_reason"] = reason, ["index"] = 0, ["message"] = Message(text) }])
            : Text(text, reason);
        (answer["usage"], answer["timings"]) = (timings.Usage(), timings.Timings());
        return answer;
    }

    private JsonObject Message(string text) => Tool is null
        ? new JsonObject { ["role"] = "assistant", ["content"] = text }
        : new JsonObject { ["role"] = "assistant", ["content"] = null, ["tool_calls"] = ToolCalls(isChunk: false) };

    private JsonArray ToolCalls(bool isChunk)
    {
        var call = new JsonObject { ["id"] = "call-" + _id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = Tool, ["arguments"] = "{}" } };
        if (isChunk)
            call["index"] = 0;
        return [call];
    }

    private JsonObject Chunk(JsonObject delta, string? reason) =>
        Envelope("chat.completion.chunk", [new JsonObject { ["finish_reason"] = reason, ["index"] = 0, ["delta"] = delta }]);

    private JsonObject Text(string text, string? reason) =>
        Envelope("text_completion", [new JsonObject { ["text"] = text, ["index"] = 0, ["logprobs"] = null, ["finish_reason"] = reason }]);

    private JsonObject Native(string text, string reason, SimulatedTimings timings)
    {
        var answer = new JsonObject
        {
            ["index"] = 0,
            ["content"] = text,
            ["tokens"] = new JsonArray(),
            ["stop"] = true,
            ["model"] = _model,
            ["has_new_line"] = false,
            ["stop_type"] = reason == "stop" ? "eos" : "limit",
            ["stopping_word"] = "",
            ["timings"] = timings.Timings(),
        };
        timings.AddCounters(answer);
        return answer;
    }

    private JsonObject Envelope(string kind, JsonArray choices) => new()
    {
        ["choices"] = choices,
        ["created"] = _created,
        ["id"] = _id,
        ["model"] = _model,
        ["system_fingerprint"] = SimulatedHelp.Build,
        ["object"] = kind,
    };

    private static bool Flag(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private static int Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : -1;
}
