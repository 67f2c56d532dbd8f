using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary>The times of one completion and how llama-server reports them.</summary>
/// <param name="slot">The slot that works.</param>
internal sealed class SimulatedTimings(SimulatedSlot slot)
{
    /// <summary>Milliseconds of reading the prompt.</summary>
    public double PromptMs { get; set; }

    /// <summary>Milliseconds of generating.</summary>
    public double PredictedMs { get; set; }

    private int Prompt => slot.PromptTokens - slot.CachedTokens;

    /// <summary><c>timings</c>.</summary>
    public JsonObject Timings() => new()
    {
        ["cache_n"] = slot.CachedTokens,
        ["prompt_n"] = Prompt,
        ["prompt_ms"] = PromptMs,
        ["prompt_per_token_ms"] = Divide(PromptMs, Prompt),
        ["prompt_per_second"] = Divide(Prompt * 1000.0, PromptMs),
        ["predicted_n"] = slot.Decoded,
        ["predicted_ms"] = PredictedMs,
        ["predicted_per_token_ms"] = Divide(PredictedMs, slot.Decoded),
        ["predicted_per_second"] = Divide(slot.Decoded * 1000.0, PredictedMs),
    };

    /// <summary><c>usage</c> of the OpenAI forms.</summary>
    public JsonObject Usage() => new()
    {
        ["completion_tokens"] = slot.Decoded,
        ["prompt_tokens"] = slot.PromptTokens,
        ["total_tokens"] = slot.PromptTokens + slot.Decoded,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = slot.CachedTokens },
    };

    /// <summary>The native form's own counters.</summary>
    public void AddCounters(JsonObject answer)
    {
        answer["tokens_predicted"] = slot.Decoded;
        answer["tokens_evaluated"] = slot.PromptTokens;
        answer["tokens_cached"] = slot.Tokens;
        answer["truncated"] = false;
        answer["id_slot"] = slot.Id;
    }

    /// <summary>Log line of the prompt.</summary>
    public string PromptLine() => $"prompt eval time = {PromptMs,10:0.00} ms / {Prompt,5} tokens ({PromptMs / Math.Max(1, Prompt),8:0.00} ms per token, {Prompt * 1000 / Math.Max(0.01, PromptMs),8:0.00} tokens per second)";

    /// <summary>Log line of the answer.</summary>
    public string EvalLine() => $"       eval time = {PredictedMs,10:0.00} ms / {slot.Decoded,5} tokens ({PredictedMs / Math.Max(1, slot.Decoded),8:0.00} ms per token, {slot.Decoded * 1000 / Math.Max(0.01, PredictedMs),8:0.00} tokens per second)";

    // The real one writes null where a rate has no meaning.
    private static double? Divide(double a, double b) => b > 0 ? a / b : null;
}
