using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary><c>/v1/chat/completions</c>.</summary>
internal sealed class ChatForm(SimulatedJob job, SimulatedModel model, long created) : SimulatedForm(job, model, created)
{
    /// <inheritdoc/>
    public override string End => "data: [DONE]\n\n";

    /// <inheritdoc/>
    public override IEnumerable<string> Opening(SimulatedSlot slot) =>
        from index in Enumerable.Range(0, Job.Choices)
        select Data(Chunk(index, new JsonObject { ["role"] = "assistant", ["content"] = null }, null));

    /// <inheritdoc/>
    public override IEnumerable<string> Token(int index, string word, SimulatedSlot slot)
    {
        var chunk = Chunk(index, new JsonObject { ["content"] = word }, null);
        if (Job.Probabilities != 0)
            chunk["choices"]![0]!["logprobs"] = SimulatedProbabilities.Content([word], Job.Probabilities);
        yield return Data(chunk);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Call(SimulatedTool tool)
    {
        yield return Data(Chunk(0, new JsonObject { ["tool_calls"] = new JsonArray(Call(tool, "", 0)) }, null));
        var arguments = new JsonObject
        {
            ["index"] = 0,
            ["function"] = new JsonObject { ["arguments"] = tool.Arguments },
        };
        yield return Data(Chunk(0, new JsonObject { ["tool_calls"] = new JsonArray(arguments) }, null));
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Closing(SimulatedAnswer answer)
    {
        var last = Chunk(answer.Index, [], answer.Reason);
        if (!Job.IncludesUsage)
            last["timings"] = answer.Timings.Timings();
        yield return Data(last);
        if (!Job.IncludesUsage)
            yield break;
        var usage = Envelope("chat.completion.chunk", []);
        (usage["usage"], usage["timings"]) = (answer.Timings.Usage(), answer.Timings.Timings());
        yield return Data(usage);
    }

    /// <inheritdoc/>
    public override JsonNode Whole(IReadOnlyList<SimulatedAnswer> answers)
    {
        var whole = Envelope("chat.completion", [.. answers.Select(Choice)]);
        (whole["usage"], whole["timings"]) = (answers[0].Timings.Usage(), answers[0].Timings.Timings());
        return whole;
    }

    private JsonObject Choice(SimulatedAnswer answer)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = Job.Tool is null ? answer.Text : null };
        if (Job.Tool is { } tool)
            message["tool_calls"] = new JsonArray(Call(tool, tool.Arguments, null));
        var choice = new JsonObject
        {
            ["finish_reason"] = answer.Reason,
            ["index"] = answer.Index,
            ["message"] = message,
        };
        if (Job.Probabilities != 0)
            choice["logprobs"] = SimulatedProbabilities.Content(answer.Words, Job.Probabilities);
        return choice;
    }

    private static JsonObject Call(SimulatedTool tool, string arguments, int? index)
    {
        var function = new JsonObject { ["name"] = tool.Name, ["arguments"] = arguments };
        var call = new JsonObject
        {
            ["type"] = "function",
            ["function"] = function,
            ["id"] = tool.Id,
        };
        if (index is not null)
            call["index"] = index;
        return call;
    }

    private JsonObject Chunk(int index, JsonObject delta, string? reason) =>
        Envelope(
            "chat.completion.chunk",
            [
                new JsonObject
                {
                    ["finish_reason"] = reason,
                    ["index"] = index,
                    ["delta"] = delta,
                },
            ]
        );

    private JsonObject Envelope(string kind, JsonArray choices) =>
        new()
        {
            ["choices"] = choices,
            ["created"] = Created,
            ["id"] = Id,
            ["model"] = Model.Name,
            ["system_fingerprint"] = Model.Build,
            ["object"] = kind,
        };
}
