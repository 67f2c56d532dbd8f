using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Proxy.Ollama;

/// <summary>
/// Translates requests of Ollama's API (docs/api.md of that project) to those of llama-server. What has no counterpart is a matter of the
/// model's settings
/// here (<c>num_ctx</c>, <c>num_gpu</c>, templates) and is left out.
/// </summary>
public static class OllamaRequest
{
    private const string UsualTag = ":latest";

    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 512 };

    // Ollama's name, ours. The others of its names have the same name here.
    private static readonly (string From, string To)[] Options =
    [
        ("temperature", "temperature"),
        ("top_k", "top_k"),
        ("top_p", "top_p"),
        ("min_p", "min_p"),
        ("typical_p", "typical_p"),
        ("seed", "seed"),
        ("stop", "stop"),
        ("repeat_last_n", "repeat_last_n"),
        ("repeat_penalty", "repeat_penalty"),
        ("presence_penalty", "presence_penalty"),
        ("frequency_penalty", "frequency_penalty"),
        ("mirostat", "mirostat"),
        ("mirostat_eta", "mirostat_eta"),
        ("mirostat_tau", "mirostat_tau"),
        ("num_keep", "n_keep"),
    ];

    /// <summary>Reads a request.</summary>
    /// <param name="verb">Its route.</param>
    /// <param name="body">Its body.</param>
    /// <param name="exists">Whether a name is a model or an alias.</param>
    /// <returns>The call, or what is wrong with the request.</returns>
    public static Result<OllamaCall> Read(OllamaVerb verb, ReadOnlySpan<byte> body, Func<string, bool> exists)
    {
        try
        {
            if (JsonNode.Parse(body, documentOptions: Reading) is not JsonObject request)
                return Bad("The body must be a JSON object.");
            if (Text(request["model"]) is not { Length: > 0 } model)
                return Bad("The request names no model. GET /api/tags lists them.");
            return verb switch
            {
                OllamaVerb.Chat => Chat(request, new Name(model, Known(model, exists))),
                OllamaVerb.Generate => Generate(request, new Name(model, Known(model, exists))),
                _ => Embed(verb, request, new Name(model, Known(model, exists))),
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            return Bad("The body is not valid JSON: " + error.Message);
        }
    }

    private static OllamaCall Chat(JsonObject request, Name model)
    {
        var messages = OllamaMessages.Translate(request["messages"] as JsonArray ?? []);
        if (messages.Count == 0)
            return Loading(OllamaVerb.Chat, request, model);
        var body = Head(model, IsStream(request));
        body["messages"] = messages;
        if (request["tools"] is JsonArray { Count: > 0 } tools)
            body["tools"] = tools.DeepClone();
        AddCommon(body, request);
        return Call(OllamaVerb.Chat, request, model, ChatRoute, body);
    }

    private static OllamaCall Generate(JsonObject request, Name model)
    {
        var prompt = Text(request["prompt"]) ?? "";
        var suffix = Text(request["suffix"]);
        if (prompt.Length == 0 && string.IsNullOrEmpty(suffix))
            return Loading(OllamaVerb.Generate, request, model);
        var body = Head(model, IsStream(request));
        if (!string.IsNullOrEmpty(suffix))
        {
            (body["input_prefix"], body["input_suffix"]) = (prompt, suffix);
            AddOptions(body, request["options"] as JsonObject, "n_predict");
            return Call(OllamaVerb.Generate, request, model, new ProxyRoute("POST", "/infill", ModelSource.Body, RouteKind.Native), body);
        }

        if (request["raw"] is JsonValue raw && raw.GetValueKind() == JsonValueKind.True)
        {
            body["prompt"] = prompt;
            AddCommon(body, request);
            return Call(
                OllamaVerb.Generate,
                request,
                model,
                new ProxyRoute("POST", "/v1/completions", ModelSource.Body, RouteKind.Completion),
                body
            );
        }

        var question = new JsonObject
        {
            ["role"] = "user",
            ["content"] = prompt,
            ["images"] = request["images"]?.DeepClone(),
        };
        var said = new JsonArray();
        if (Text(request["system"]) is { Length: > 0 } system)
            said.Add((JsonNode)new JsonObject { ["role"] = "system", ["content"] = system });
        said.Add((JsonNode)question);
        body["messages"] = OllamaMessages.Translate(said);
        AddCommon(body, request);
        return Call(OllamaVerb.Generate, request, model, ChatRoute, body);
    }

    private static Result<OllamaCall> Embed(OllamaVerb verb, JsonObject request, Name model)
    {
        var input = request[verb == OllamaVerb.Embed ? "input" : "prompt"];
        if (input is null)
            return Loading(verb, request, model);
        var body = new JsonObject { ["model"] = model.Known, ["input"] = input.DeepClone() };
        if (request["dimensions"] is { } dimensions)
            body["dimensions"] = dimensions.DeepClone();
        return Call(verb, request, model, new ProxyRoute("POST", "/v1/embeddings", ModelSource.Body, RouteKind.Embedding), body);
    }

    private static ProxyRoute ChatRoute { get; } = new("POST", "/v1/chat/completions", ModelSource.Body, RouteKind.Chat);

    private static OllamaCall Call(OllamaVerb verb, JsonObject request, Name model, ProxyRoute route, JsonObject body) =>
        new(
            verb,
            model.Written,
            model.Known,
            OllamaDuration.Read(request["keep_alive"]),
            route,
            JsonSerializer.SerializeToUtf8Bytes(body, AsWritten)
        );

    // The smallest question to an engine makes the endpoint start it.
    private static OllamaCall Loading(OllamaVerb verb, JsonObject request, Name model) =>
        new(
            verb,
            model.Written,
            model.Known,
            OllamaDuration.Read(request["keep_alive"]),
            new ProxyRoute("GET", "/health", ModelSource.Query, RouteKind.Other),
            []
        );

    private static JsonObject Head(Name model, bool isStream)
    {
        var body = new JsonObject { ["model"] = model.Known, ["stream"] = isStream };
        if (isStream)
            body["stream_options"] = new JsonObject { ["include_usage"] = true };
        return body;
    }

    private static void AddCommon(JsonObject body, JsonObject request)
    {
        AddOptions(body, request["options"] as JsonObject, "max_tokens");
        if (Format(request["format"]) is { } format)
            body["response_format"] = format;
        if (request["think"] is JsonValue think)
        {
            body["chat_template_kwargs"] =
                think.GetValueKind() == JsonValueKind.String
                    ? new JsonObject { ["reasoning_effort"] = think.DeepClone() }
                    : new JsonObject { ["enable_thinking"] = think.DeepClone() };
        }

        foreach (var name in new[] { "logprobs", "top_logprobs" })
        {
            if (request[name] is { } value)
                body[name] = value.DeepClone();
        }
    }

    // "json", or a schema.
    private static JsonObject? Format(JsonNode? format) =>
        format switch
        {
            JsonObject schema => new JsonObject
            {
                ["type"] = "json_schema",
                ["json_schema"] = new JsonObject { ["name"] = "answer", ["schema"] = schema.DeepClone() },
            },
            JsonValue when Text(format) == "json" => new JsonObject { ["type"] = "json_object" },
            _ => null,
        };

    private static void AddOptions(JsonObject body, JsonObject? options, string limitName)
    {
        if (options is null)
            return;
        foreach (var (from, to) in Options)
        {
            if (options[from] is { } value)
                body[to] = value.DeepClone();
        }

        // -1 and -2 are Ollama's "no limit" and "the context": the engine's default.
        if (options["num_predict"] is JsonValue most && most.TryGetValue<double>(out var limit) && limit >= 0)
            body[limitName] = most.DeepClone();
    }

    private static bool IsStream(JsonObject request) =>
        request["stream"] is not JsonValue stream || stream.GetValueKind() != JsonValueKind.False;

    /// <summary>The name without the tag that Ollama's clients add, unless there is a model with it.</summary>
    /// <param name="model">The name as written.</param>
    /// <param name="exists">Whether a name is a model or an alias.</param>
    public static string Known(string model, Func<string, bool> exists) =>
        model.EndsWith(UsualTag, StringComparison.OrdinalIgnoreCase) && !exists(model) ? model[..^UsualTag.Length] : model;

    private static Failure Bad(string message) => new(FailureKind.Invalid, message);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private readonly record struct Name(string Written, string Known);
}
