using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary>The times of one completion and how llama-server reports them.</summary>
/// <param name="slot">The slot that works.</param>
internal sealed class SimulatedTimings(SimulatedSlot slot)
{
    private const double Least = 0.001; // ms

    /// <summary>Milliseconds of reading the prompt.</summary>
    public double PromptMs
    {
        get;
        set => field = Math.Max(Least, value);
    }

    /// <summary>Milliseconds of generating.</summary>
    public double PredictedMs
    {
        get;
        set => field = Math.Max(Least, value);
    }

    private int Prompt => slot.PromptTokens - slot.CachedTokens;

    /// <summary><c>timings</c>.</summary>
    public JsonObject Timings() =>
        new()
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
    public JsonObject Usage() =>
        new()
        {
            ["completion_tokens"] = slot.Decoded,
            ["prompt_tokens"] = slot.PromptTokens,
            ["total_tokens"] = slot.PromptTokens + slot.Decoded,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = slot.CachedTokens },
        };

    /// <summary>Log lines.</summary>
    public IEnumerable<string> Lines() =>
        [
            $"prompt eval time = {PromptMs, 10:0.00} ms / {Prompt, 5} tokens ({Rate(PromptMs, Prompt)})",
            $"       eval time = {PredictedMs, 10:0.00} ms / {slot.Decoded, 5} tokens ({Rate(PredictedMs, slot.Decoded)})",
            $"      total time = {PromptMs + PredictedMs, 10:0.00} ms / {Prompt + slot.Decoded, 5} tokens",
        ];

    private static string Rate(double ms, int tokens) =>
        $"{ms / Math.Max(1, tokens), 8:0.00} ms per token, {tokens * 1000 / Math.Max(0.01, ms), 8:0.00} tokens per second";

    // The real one writes null where a rate has no meaning.
    private static double? Divide(double a, double b) => b > 0 ? a / b : null;
}
