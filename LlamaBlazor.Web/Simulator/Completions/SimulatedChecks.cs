using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary>
/// Refuses bad requests for the reasons, in the order and in the words of the real one (server-common.cpp, server-chat.cpp,
/// server-schema.cpp).
/// </summary>
internal static class SimulatedChecks
{
    private const string PromptKinds =
        "\"prompt\" elements must be a string, a list of tokens, "
        + "a JSON object containing a prompt string, or a list of mixed strings & tokens.";

    private static readonly string[] Booleans =
    [
        "timings_per_token",
        "stream",
        "cache_prompt",
        "return_tokens",
        "return_progress",
        "post_sampling_probs",
        "ignore_eos",
    ];

    // Lowest value that is taken; null where any is.
    private static readonly (string[] Names, double? Least)[] Numbers =
    [
        (["n_predict", "max_completion_tokens", "max_tokens"], -1),
        (["n_indent"], 0),
        (["n_keep"], -1),
        (["n_discard"], 0),
        (["n_cache_reuse"], 0),
        (["t_max_predict_ms"], -1),
        (["top_k"], null),
        (["top_p"], null),
        (["min_p"], null),
        (["top_n_sigma"], null),
        (["xtc_probability"], null),
        (["xtc_threshold"], null),
        (["typical_p"], null),
        (["temperature"], null),
        (["dynatemp_range"], null),
        (["dynatemp_exponent"], null),
        (["repeat_last_n"], -1),
        (["repeat_penalty"], null),
        (["frequency_penalty"], null),
        (["presence_penalty"], null),
        (["dry_multiplier"], null),
        (["dry_base"], null),
        (["dry_allowed_length"], 0),
        (["dry_penalty_last_n"], -1),
        (["mirostat"], null),
        (["mirostat_tau"], null),
        (["mirostat_eta"], null),
        (["seed"], null),
        (["min_keep"], 0),
    ];

    /// <summary>What is wrong with a request, or null.</summary>
    /// <param name="body">Its JSON.</param>
    /// <param name="shape">Its form.</param>
    /// <param name="slots">Slots there are: the most answers to one request.</param>
    public static SimulatedError? Complain(JsonNode? body, CompletionShape shape, int slots)
    {
        var json = body as JsonObject ?? [];
        return (
                shape switch
                {
                    CompletionShape.Chat => Chat(json),
                    CompletionShape.Messages => json.ContainsKey("messages") ? Chat(json) : SimulatedError.Server("'messages' is required"),
                    CompletionShape.Responses => Responses(json),
                    CompletionShape.Infill => Infill(json),
                    _ => Prompt(json),
                }
            ) ?? Fields(json, slots);
    }

    /// <summary>What is wrong with the messages of a chat, or null.</summary>
    public static SimulatedError? Chat(JsonObject body)
    {
        var type = SimulatedBody.Text((body["response_format"] as JsonObject)?["type"]);
        if (type is not (null or "text" or "json_object" or "json_schema"))
            return SimulatedError.Invalid($"response_format type must be one of \"text\" or \"json_object\", but got: {type}");
        if (!body.TryGetPropertyValue("messages", out var given))
            return SimulatedError.Invalid("'messages' is required");
        if (given is not JsonArray messages)
            return SimulatedError.Invalid("Expected 'messages' to be an array");
        return messages.Select(Message).FirstOrDefault(error => error is not null)
            ?? messages.Select(Role).FirstOrDefault(error => error is not null);
    }

    /// <summary>What is wrong with the prompt of a completion, or null.</summary>
    public static SimulatedError? Prompt(JsonObject body)
    {
        if (!body.TryGetPropertyValue("prompt", out var prompt))
            return SimulatedError.Invalid(SimulatedBody.Missing("prompt"));
        if (prompt is JsonArray { Count: 0 })
            return SimulatedError.Invalid("\"prompt\" must not be empty");
        return IsPrompt(prompt) ? null : SimulatedError.Invalid(PromptKinds);
    }

    /// <summary>What is wrong with the texts of an embedding, or null: what is no text is an error of the engine's own here.</summary>
    public static SimulatedError? Input(JsonNode? input) =>
        input is JsonArray { Count: 0 } ? SimulatedError.Server("\"prompt\" must not be empty")
        : IsPrompt(input) ? null
        : SimulatedError.Server(PromptKinds);

    private static bool IsPrompt(JsonNode? prompt) =>
        prompt switch
        {
            JsonArray list => list.All(part => part is JsonValue or JsonArray || part?["prompt_string"] is not null),
            JsonObject one => one.ContainsKey("prompt_string"),
            _ => prompt?.GetValueKind() is JsonValueKind.String,
        };

    private static SimulatedError? Message(JsonNode? message)
    {
        var fields = message as JsonObject ?? [];
        var isAssistant = SimulatedBody.Text(fields["role"]) == "assistant";
        if (!fields.TryGetPropertyValue("content", out var content))
        {
            return !isAssistant ? SimulatedError.Invalid("All non-assistant messages must contain 'content'")
                : fields.ContainsKey("tool_calls") ? null
                : SimulatedError.Invalid("Assistant message must contain either 'content' or 'tool_calls'!");
        }

        if (content is null || SimulatedBody.Text(content) is not null)
            return null;
        if (content is not JsonArray parts)
            return SimulatedError.Invalid("Expected 'content' to be a string or an array");
        var errors = parts.Select(part => Part(SimulatedBody.Text((part as JsonObject)?["type"])));
        return isAssistant ? null : errors.FirstOrDefault(error => error is not null);
    }

    private static SimulatedError? Part(string? type) =>
        type switch
        {
            "text" or "tool_result" or "tool_use" => null, // the last two only in Anthropic's form
            "image_url" or "image" => NoMedia("image"),
            "input_audio" => NoMedia("audio"),
            "input_video" => NoMedia("video"),
            _ => SimulatedError.Invalid("unsupported content[].type"),
        };

    private static SimulatedError NoMedia(string kind) =>
        SimulatedError.Server($"{kind} input is not supported - hint: if this is unexpected, you may need to provide the mmproj");

    private static SimulatedError? Role(JsonNode? message) =>
        message is JsonObject fields && !fields.ContainsKey("role")
            ? SimulatedError.Server($"Failed to parse messages: Missing 'role' in message: {SimulatedWire.Text(fields)}")
            : null;

    private static SimulatedError? Responses(JsonObject body)
    {
        if (!body.TryGetPropertyValue("input", out var input))
            return SimulatedError.Invalid("'input' is required");
        if (body.ContainsKey("previous_response_id"))
            return SimulatedError.Invalid("llama.cpp does not support 'previous_response_id'.");
        return input is JsonArray || SimulatedBody.Text(input) is not null
            ? null
            : SimulatedError.Invalid("'input' must be a string or array of objects");
    }

    private static SimulatedError? Infill(JsonObject body) =>
        body["prompt"] is { } prompt && SimulatedBody.Text(prompt) is null ? SimulatedError.Invalid("\"prompt\" must be a string")
        : !body.ContainsKey("input_prefix") ? SimulatedError.Invalid("\"input_prefix\" is required")
        : !body.ContainsKey("input_suffix") ? SimulatedError.Invalid("\"input_suffix\" is required")
        : body["input_extra"] is { } extra and not JsonArray
            ? SimulatedError.Invalid("\"input_extra\" must be an array of {\"filename\": string, \"text\": string}")
        : null;

    private static SimulatedError? Fields(JsonObject body, int slots)
    {
        foreach (var name in Booleans)
        {
            if (body.TryGetPropertyValue(name, out var value) && value?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
                return Field(name, SimulatedBody.WrongType("boolean", value));
        }

        return Numbers.Select(field => Number(body, field.Names, field.Least, int.MaxValue)).FirstOrDefault(error => error is not null)
            ?? Number(body, ["n_cmpl", "n"], 1, slots);
    }

    private static SimulatedError? Number(JsonObject body, string[] names, double? least, int most)
    {
        if (Array.Find(names, body.ContainsKey) is not { } name)
            return null;
        var value = body[name];
        if (value?.GetValueKind() is not JsonValueKind.Number)
            return Field(name, SimulatedBody.WrongType("number", value));
        var number = SimulatedBody.Whole(value, 0);
        return least is { } lowest && (number < lowest || number > most)
            ? Field(name, $"Value must be between {lowest} <= value <= {most}, but got {number}")
            : null;
    }

    private static SimulatedError Field(string name, string reason) => SimulatedError.Invalid($"Field '{name}': {reason}");
}
