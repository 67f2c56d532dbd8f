using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Domain.Proxy.Ollama;

/// <summary>Translates the answer of an engine to Ollama's: each event of a stream to a line of JSON, or the whole answer to one
/// object.</summary>
/// <param name="call">What was asked.</param>
/// <param name="figures">The figures of the request, as they are when called.</param>
/// <param name="clock">Tells the time of each line.</param>
public sealed class OllamaAnswer(OllamaCall call, Func<OllamaFigures> figures, TimeProvider clock)
{
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly SortedDictionary<int, (string Name, StringBuilder Arguments)> _tools = []; // calls under way; at most MaxTools
    private const int MaxTools = 128;
    private bool _done;

    /// <summary>The line of one event, with its line end, or null when it has nothing to say.</summary>
    /// <param name="data">Data of the event.</param>
    public byte[]? Line(ReadOnlySpan<byte> data)
    {
        if (_done)
            return null;
        if (data.SequenceEqual("[DONE]"u8))
            return End();
        if (Parse(data) is not { } chunk)
            return null;
        if (chunk["error"] is { } error)
        {
            _done = true;
            return Bytes(new JsonObject { ["error"] = Words(error) });
        }

        var delta = chunk["choices"] is JsonArray { Count: > 0 } choices ? choices[0] : chunk;
        TakeTools(delta?["delta"]?["tool_calls"] as JsonArray ?? []);
        var (text, thinking) = (
            Text(delta?["delta"]?["content"] ?? delta?["text"] ?? delta?["content"]),
            Text(delta?["delta"]?["reasoning_content"])
        );
        var line = text.Length > 0 || thinking.Length > 0 ? Bytes(Say(text, thinking, null)) : [];
        var isLast = chunk["stop"] is JsonValue stop && stop.GetValueKind() == JsonValueKind.True; // llama-server's own form has no [DONE]
        return isLast ? [.. line, .. End() ?? []]
            : line.Length > 0 ? line
            : null;
    }

    /// <summary>The whole answer as one object.</summary>
    /// <param name="status">Status of the engine's answer.</param>
    /// <param name="json">Its body.</param>
    public byte[] Whole(int status, ReadOnlySpan<byte> json)
    {
        var answer = Parse(json);
        if (status >= 400 || answer?["error"] is not null)
            return Bytes(new JsonObject { ["error"] = answer?["error"] is { } error ? Words(error) : $"The engine answered {status}." });
        if (call.LoadsOnly)
            return Loaded();
        if (call.Verb is OllamaVerb.Embed or OllamaVerb.Embedding)
            return Vectors(answer);
        var choice = answer?["choices"] is JsonArray { Count: > 0 } choices ? choices[0] : answer;
        var message = choice?["message"];
        TakeTools(message?["tool_calls"] as JsonArray ?? []);
        return Last(Say(Text(message?["content"] ?? choice?["text"] ?? choice?["content"]), Text(message?["reasoning_content"]), Tools()));
    }

    private byte[] Loaded()
    {
        var line = Say("", "", null);
        (line["done"], line["done_reason"]) = (true, call.KeepAlive == TimeSpan.Zero ? "unload" : "load");
        return Bytes(line);
    }

    private byte[]? End()
    {
        if (_done)
            return null;
        _done = true;
        return Last(Say("", "", Tools()));
    }

    private byte[] Last(JsonObject line)
    {
        var now = figures();
        (line["done"], line["done_reason"]) = (true, now.DoneReason);
        now.AddTo(line);
        return Bytes(line);
    }

    private byte[] Vectors(JsonObject? answer)
    {
        var vectors = (answer?["data"] as JsonArray ?? []).Select(item => item?["embedding"]?.DeepClone()).ToArray();
        if (call.Verb == OllamaVerb.Embedding)
            return Bytes(new JsonObject { ["embedding"] = vectors.FirstOrDefault() ?? new JsonArray() });
        var now = figures();
        var line = new JsonObject { ["model"] = call.Model, ["embeddings"] = new JsonArray(vectors) };
        (now with { Usage = new GenerationUsage { PromptTokens = now.Usage?.PromptTokens } }).AddTo(line);
        return Bytes(line);
    }

    private JsonObject Say(string text, string thinking, JsonArray? tools)
    {
        var line = new JsonObject
        {
            ["model"] = call.Model,
            ["created_at"] = clock.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        };
        var target = line;
        if (call.Verb == OllamaVerb.Chat)
            line["message"] = target = new JsonObject { ["role"] = "assistant" };
        target[call.Verb == OllamaVerb.Chat ? "content" : "response"] = text;
        if (thinking.Length > 0)
            target["thinking"] = thinking;
        if (tools is not null)
            target["tool_calls"] = tools;
        line["done"] = false;
        return line;
    }

    // A stream brings a call in pieces; Ollama's clients get it whole.
    private void TakeTools(JsonArray deltas)
    {
        foreach (var delta in deltas.OfType<JsonObject>())
        {
            var index = delta["index"] is JsonValue number && number.TryGetValue<int>(out var given) ? given : _tools.Count;
            if (index is < 0 or >= MaxTools)
                continue;
            var known = _tools.GetValueOrDefault(index, ("", new StringBuilder()));
            known.Item2.Append(Text(delta["function"]?["arguments"]));
            _tools[index] = (known.Item1 + Text(delta["function"]?["name"]), known.Item2);
        }
    }

    private JsonArray? Tools() =>
        _tools.Count == 0
            ? null
            : new JsonArray([
                .. _tools.Select(tool => new JsonObject
                {
                    ["function"] = new JsonObject
                    {
                        ["name"] = tool.Value.Name,
                        ["arguments"] = Arguments(tool.Value.Arguments.ToString()),
                    },
                }),
            ]);

    private static JsonObject Arguments(string json) => Parse(Encoding.UTF8.GetBytes(json)) ?? [];

    private static string Words(JsonNode error) =>
        Text(error is JsonObject detail ? detail["message"] : error) is { Length: > 0 } words ? words : error.ToJsonString();

    private static JsonObject? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static byte[] Bytes(JsonObject line) => [.. JsonSerializer.SerializeToUtf8Bytes(line, AsWritten), (byte)'\n'];
}
