using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary><c>/completion</c>, llama.cpp's own: its stream has no end mark (parameters.md e).</summary>
internal sealed class NativeForm(SimulatedJob job, SimulatedModel model, long created) : SimulatedForm(job, model, created)
{
    /// <inheritdoc/>
    public override IEnumerable<string> Opening(SimulatedSlot slot) => [];

    /// <inheritdoc/>
    public override IEnumerable<string> Token(int index, string word, SimulatedSlot slot)
    {
        var chunk = new JsonObject
        {
            ["index"] = index,
            ["content"] = word,
            ["tokens"] = new JsonArray(SimulatedVocabulary.Token(word)),
            ["stop"] = false,
            ["id_slot"] = -1,
            ["tokens_predicted"] = slot.Decoded,
            ["tokens_evaluated"] = slot.PromptTokens,
        };
        if (Job.Probabilities != 0)
            chunk["completion_probabilities"] = SimulatedProbabilities.List([word], Job.Probabilities);
        yield return Data(chunk);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Closing(SimulatedAnswer answer) => [Data(Whole(answer with { Words = [] }))];

    /// <inheritdoc/>
    public override JsonNode Whole(IReadOnlyList<SimulatedAnswer> answers) =>
        answers.Count == 1 ? Whole(answers[0]) : new JsonArray([.. answers.Select(answer => Whole(answer))]);

    private JsonObject Whole(SimulatedAnswer answer)
    {
        var tokens = SimulatedBody.Flag(Job.Body["return_tokens"]) ? answer.Words.Select(SimulatedVocabulary.Token) : [];
        var whole = new JsonObject
        {
            ["index"] = answer.Index,
            ["content"] = answer.Text,
            ["tokens"] = new JsonArray([.. tokens.Select(token => (JsonNode)token)]),
            ["id_slot"] = answer.Slot.Id,
            ["stop"] = true,
            ["model"] = Model.Name,
            ["tokens_predicted"] = answer.Slot.Decoded,
            ["tokens_evaluated"] = answer.Slot.PromptTokens,
            ["generation_settings"] = SimulatedSettings.OfRequest(Job, Model),
            ["prompt"] = "<s> " + answer.Slot.Prompt,
            ["has_new_line"] = answer.Text.Contains('\n', StringComparison.Ordinal),
            ["truncated"] = false,
            ["stop_type"] =
                answer.Reason == "length" ? "limit"
                : answer.Stop.Length > 0 ? "word"
                : "eos",
            ["stopping_word"] = answer.Stop,
            ["tokens_cached"] = answer.Slot.Tokens,
            ["timings"] = answer.Timings.Timings(),
        };
        if (Job.Probabilities != 0 && answer.Words.Count > 0)
            whole["completion_probabilities"] = SimulatedProbabilities.List(answer.Words, Job.Probabilities);
        return whole;
    }
}
