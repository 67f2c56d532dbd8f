namespace LlamaBlazor.Domain.Statistics;

/// <summary>The few values of one finished request that summaries are made of. Times in milliseconds, null where nothing was
/// measured.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="CreatedAt">When it arrived, Unix milliseconds UTC.</param>
/// <param name="Status">HTTP status the client got; 499 when it left.</param>
/// <param name="Failed">Whether an error was recorded.</param>
/// <param name="CacheHit">Whether the response cache answered.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="GeneratedTokens">Tokens of the answer.</param>
/// <param name="CachedTokens">Prompt tokens found in the engine's cache.</param>
/// <param name="QueueMs">Waiting for a place.</param>
/// <param name="LoadMs">Waiting for the model.</param>
/// <param name="TtftMs">Until the first token.</param>
/// <param name="TotalMs">Until the last byte.</param>
/// <param name="TokensPerSecond">Speed of generation.</param>
/// <param name="KeyId">The key, or null.</param>
public sealed record GenerationRecord(
    string Model,
    long CreatedAt,
    long Status,
    bool Failed,
    bool CacheHit,
    long PromptTokens,
    long GeneratedTokens,
    long CachedTokens,
    double? QueueMs,
    double? LoadMs,
    double? TtftMs,
    double? TotalMs,
    double? TokensPerSecond,
    long? KeyId
);
