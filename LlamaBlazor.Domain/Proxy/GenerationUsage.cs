namespace LlamaBlazor.Domain.Proxy;

/// <summary>What an engine said about one answer: OpenAI's <c>usage</c>, llama-server's <c>timings</c>, and how it ended. Null is "it did
/// not say".</summary>
public sealed class GenerationUsage
{
    /// <summary>Tokens of the prompt, cached ones included.</summary>
    public long? PromptTokens { get; set; }

    /// <summary>Tokens of the answer.</summary>
    public long? GeneratedTokens { get; set; }

    /// <summary>Prompt tokens found in the engine's cache.</summary>
    public long? CachedTokens { get; set; }

    /// <summary>Tokens drafted.</summary>
    public long? DraftTokens { get; set; }

    /// <summary>Drafted tokens that were kept.</summary>
    public long? DraftAcceptedTokens { get; set; }

    /// <summary>Milliseconds for reading the prompt.</summary>
    public double? PromptMs { get; set; }

    /// <summary>Milliseconds for writing the answer.</summary>
    public double? GenerationMs { get; set; }

    /// <summary>Prompt tokens a second.</summary>
    public double? PromptPerSecond { get; set; }

    /// <summary>Generated tokens a second.</summary>
    public double? TokensPerSecond { get; set; }

    /// <summary>stop, length, tool_calls, …</summary>
    public string? FinishReason { get; set; }

    /// <summary>The engine's own error, where it sent one.</summary>
    public string? Error { get; set; }

    /// <summary>Whether the answer said that it is over.</summary>
    public bool Finished { get; set; }
}
