using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary><c>/v1/messages</c>, Anthropic's.</summary>
internal sealed class MessagesForm(SimulatedJob job, SimulatedModel model, long created) : SimulatedForm(job, model, created)
{
    private bool _isTextOpen;

    /// <inheritdoc/>
    public override IEnumerable<string> Opening(SimulatedSlot slot) =>
        [Event("message_start", new JsonObject { ["message"] = Message([], null, null, Usage(slot, 0)) })];

    /// <inheritdoc/>
    public override IEnumerable<string> Token(int index, string word, SimulatedSlot slot)
    {
        if (!_isTextOpen)
            yield return Start(new JsonObject { ["type"] = "text", ["text"] = "" });
        _isTextOpen = true;
        yield return Delta(new JsonObject { ["type"] = "text_delta", ["text"] = word });
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Call(SimulatedTool tool) =>
        [
            Start(
                new JsonObject
                {
                    ["type"] = "tool_use",
                    ["id"] = tool.Id,
                    ["name"] = tool.Name,
                }
            ),
            Delta(new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = tool.Arguments }),
        ];

    /// <inheritdoc/>
    public override IEnumerable<string> Closing(SimulatedAnswer answer) =>
        [
            Event("content_block_stop", new JsonObject { ["index"] = 0 }),
            Event(
                "message_delta",
                new JsonObject
                {
                    ["delta"] = new JsonObject { ["stop_reason"] = Reason(answer), ["stop_sequence"] = Stop(answer) },
                    ["usage"] = new JsonObject { ["output_tokens"] = answer.Slot.Decoded },
                }
            ),
            Event("message_stop", []),
        ];

    /// <inheritdoc/>
    public override JsonNode Whole(IReadOnlyList<SimulatedAnswer> answers)
    {
        var block = Job.Tool is { } tool
            ? new JsonObject
            {
                ["type"] = "tool_use",
                ["id"] = tool.Id,
                ["name"] = tool.Name,
                ["input"] = JsonNode.Parse(tool.Arguments),
            }
            : new JsonObject { ["type"] = "text", ["text"] = answers[0].Text };
        return Message([block], Reason(answers[0]), Stop(answers[0]), Usage(answers[0].Slot, answers[0].Slot.Decoded));
    }

    private static string Start(JsonObject block) =>
        Event("content_block_start", new JsonObject { ["index"] = 0, ["content_block"] = block });

    private static string Delta(JsonObject delta) => Event("content_block_delta", new JsonObject { ["index"] = 0, ["delta"] = delta });

    private static string Reason(SimulatedAnswer answer) =>
        answer.Reason switch
        {
            "length" => "max_tokens",
            "tool_calls" => "tool_use",
            _ => "end_turn",
        };

    private static string? Stop(SimulatedAnswer answer) => answer.Stop.Length > 0 ? answer.Stop : null;

    private static JsonObject Usage(SimulatedSlot slot, int decoded) =>
        new()
        {
            ["cache_read_input_tokens"] = slot.CachedTokens,
            ["input_tokens"] = slot.PromptTokens - slot.CachedTokens,
            ["output_tokens"] = decoded,
        };

    private JsonObject Message(JsonArray content, string? reason, string? stop, JsonObject usage) =>
        new()
        {
            ["id"] = Id,
            ["type"] = "message",
            ["role"] = "assistant",
            ["content"] = content,
            ["model"] = Model.Name,
            ["stop_reason"] = reason,
            ["stop_sequence"] = stop,
            ["usage"] = usage,
        };
}
