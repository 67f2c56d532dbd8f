using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary><c>/v1/completions</c>.</summary>
internal sealed class TextForm(SimulatedJob job, SimulatedModel model, long created) : SimulatedForm(job, model, created)
{
    /// <inheritdoc/>
    public override string End => "data: [DONE]\n\n";

    /// <inheritdoc/>
    public override IEnumerable<string> Opening(SimulatedSlot slot) => [];

    /// <inheritdoc/>
    public override IEnumerable<string> Token(int index, string word, SimulatedSlot slot) =>
        [Data(Envelope([Choice(index, [word], word, null)]))];

    /// <inheritdoc/>
    public override IEnumerable<string> Closing(SimulatedAnswer answer)
    {
        var last = Envelope([Choice(answer.Index, [], "", answer.Reason)]);
        (last["usage"], last["timings"]) = (answer.Timings.Usage(), answer.Timings.Timings());
        yield return Data(last);
    }

    /// <inheritdoc/>
    public override JsonNode Whole(IReadOnlyList<SimulatedAnswer> answers)
    {
        var whole = Envelope([.. answers.Select(answer => Choice(answer.Index, answer.Words, answer.Text, answer.Reason))]);
        (whole["usage"], whole["timings"]) = (answers[0].Timings.Usage(), answers[0].Timings.Timings());
        return whole;
    }

    private JsonObject Choice(int index, IReadOnlyList<string> words, string text, string? reason) =>
        new()
        {
            ["text"] = text,
            ["index"] = index,
            ["logprobs"] = Job.Probabilities != 0 && words.Count > 0 ? SimulatedProbabilities.Content(words, Job.Probabilities) : null,
            ["finish_reason"] = reason,
        };

    private JsonObject Envelope(JsonArray choices) =>
        new()
        {
            ["choices"] = choices,
            ["created"] = Created,
            ["model"] = Model.Name,
            ["system_fingerprint"] = Model.Build,
            ["object"] = "text_completion",
            ["id"] = Id,
        };
}
