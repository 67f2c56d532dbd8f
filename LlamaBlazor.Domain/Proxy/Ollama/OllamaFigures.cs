using System.Text.Json.Nodes;

namespace LlamaBlazor.Domain.Proxy.Ollama;

/// <summary>What the last line of an answer says about it.</summary>
/// <param name="Usage">What the engine reported, or null.</param>
/// <param name="TotalMs">Milliseconds from the request to now.</param>
/// <param name="LoadMs">Milliseconds spent waiting for the model to load.</param>
public readonly record struct OllamaFigures(GenerationUsage? Usage, double TotalMs, double LoadMs)
{
    /// <summary>Adds the figures to a line; Ollama counts in nanoseconds.</summary>
    /// <param name="line">The line.</param>
    public void AddTo(JsonObject line)
    {
        line["total_duration"] = Nanoseconds(TotalMs);
        line["load_duration"] = Nanoseconds(LoadMs);
        if (Usage is null)
            return;
        Set(line, "prompt_eval_count", Usage.PromptTokens);
        Set(line, "prompt_eval_duration", Usage.PromptMs is { } prompt ? Nanoseconds(prompt) : null);
        Set(line, "eval_count", Usage.GeneratedTokens);
        Set(line, "eval_duration", Usage.GenerationMs is { } writing ? Nanoseconds(writing) : null);
    }

    /// <summary>How the answer ended, in Ollama's words.</summary>
    public string DoneReason => Usage?.FinishReason is "length" ? "length" : "stop";

    private static long Nanoseconds(double milliseconds) => (long)(Math.Clamp(milliseconds, 0, 1e12) * 1_000_000);

    private static void Set(JsonObject line, string name, long? value)
    {
        if (value is { } given)
            line[name] = given;
    }
}
