using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary><c>/v1/responses</c>.</summary>
internal sealed class ResponsesForm(SimulatedJob job, SimulatedModel model, long created) : SimulatedForm(job, model, created)
{
    private readonly string _response = "resp_" + RandomId();
    private readonly string _message = "msg_" + RandomId();
    private bool _isTextOpen;

    /// <inheritdoc/>
    public override IEnumerable<string> Opening(SimulatedSlot slot) => [Progress("response.created"), Progress("response.in_progress")];

    /// <inheritdoc/>
    public override IEnumerable<string> Token(int index, string word, SimulatedSlot slot)
    {
        if (!_isTextOpen)
        {
            yield return Event("response.output_item.added", new JsonObject { ["item"] = Message([], "in_progress") });
            yield return Part("added", new JsonObject { ["type"] = "output_text", ["text"] = "" });
        }

        _isTextOpen = true;
        yield return Event("response.output_text.delta", new JsonObject { ["item_id"] = _message, ["delta"] = word });
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Call(SimulatedTool tool) =>
        [
            Event("response.output_item.added", new JsonObject { ["item"] = Function(tool, "", "in_progress") }),
            Event("response.function_call_arguments.delta", new JsonObject { ["delta"] = tool.Arguments, ["item_id"] = "fc_" + tool.Id }),
        ];

    /// <inheritdoc/>
    public override IEnumerable<string> Closing(SimulatedAnswer answer)
    {
        if (Job.Tool is null)
        {
            yield return Event("response.output_text.done", new JsonObject { ["item_id"] = _message, ["text"] = answer.Text });
            yield return Part("done", Text(answer.Text));
        }

        yield return Event("response.output_item.done", new JsonObject { ["item"] = Item(answer) });
        yield return Event("response.completed", new JsonObject { ["response"] = Response(answer) });
    }

    /// <inheritdoc/>
    public override JsonNode Whole(IReadOnlyList<SimulatedAnswer> answers)
    {
        var whole = Response(answers[0]);
        whole["completed_at"] = Created;
        return whole;
    }

    private string Progress(string type)
    {
        var response = new JsonObject
        {
            ["id"] = _response,
            ["object"] = "response",
            ["status"] = "in_progress",
        };
        return Event(type, new JsonObject { ["response"] = response });
    }

    private string Part(string what, JsonObject part) =>
        Event("response.content_part." + what, new JsonObject { ["item_id"] = _message, ["part"] = part });

    private static JsonObject Text(string text) =>
        new()
        {
            ["type"] = "output_text",
            ["annotations"] = new JsonArray(),
            ["logprobs"] = new JsonArray(),
            ["text"] = text,
        };

    private JsonObject Item(SimulatedAnswer answer) =>
        Job.Tool is { } tool ? Function(tool, tool.Arguments, "completed") : Message([Text(answer.Text)], "completed");

    private JsonObject Message(JsonArray content, string status) =>
        new()
        {
            ["content"] = content,
            ["id"] = _message,
            ["role"] = "assistant",
            ["status"] = status,
            ["type"] = "message",
        };

    private static JsonObject Function(SimulatedTool tool, string arguments, string status) =>
        new()
        {
            ["id"] = "fc_" + tool.Id,
            ["type"] = "function_call",
            ["status"] = status,
            ["arguments"] = arguments,
            ["call_id"] = "call_" + tool.Id,
            ["name"] = tool.Name,
        };

    private JsonObject Response(SimulatedAnswer answer) =>
        new()
        {
            ["created_at"] = Created,
            ["id"] = _response,
            ["model"] = Model.Name,
            ["object"] = "response",
            ["output"] = new JsonArray(Item(answer)),
            ["status"] = "completed",
            ["usage"] = new JsonObject
            {
                ["input_tokens"] = answer.Slot.PromptTokens,
                ["output_tokens"] = answer.Slot.Decoded,
                ["total_tokens"] = answer.Slot.PromptTokens + answer.Slot.Decoded,
                ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = answer.Slot.CachedTokens },
            },
        };
}
