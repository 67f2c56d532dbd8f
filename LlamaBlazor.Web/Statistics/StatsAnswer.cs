namespace LlamaBlazor.Web.Statistics;

/// <summary>One request in the answers of <c>/api/stats/history</c>.</summary>
internal sealed record StatsAnswer
{
    /// <summary>Primary key.</summary>
    public long Id { get; init; }

    /// <summary>Header <c>X-Session-Id</c>, or the key.</summary>
    public string? SessionId { get; init; }

    /// <summary>The model file.</summary>
    public string? ModelPath { get; init; }

    /// <summary>The name asked for.</summary>
    public required string ModelName { get; init; }

    /// <summary>Path of the request.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Whether the answer was streamed.</summary>
    public bool Stream { get; init; }

    /// <summary>Tokens of the prompt, cached ones included.</summary>
    public long? PromptTokens { get; init; }

    /// <summary>Tokens of the answer.</summary>
    public long? GeneratedTokens { get; init; }

    /// <summary>Both.</summary>
    public long? TotalTokens { get; init; }

    /// <summary>Prompt tokens found in the engine's cache.</summary>
    public long? CachedTokens { get; init; }

    /// <summary>Tokens drafted.</summary>
    public long? DraftTokens { get; init; }

    /// <summary>Drafted tokens kept.</summary>
    public long? DraftAcceptedTokens { get; init; }

    /// <summary>Waiting for a place.</summary>
    public double? QueueTimeMs { get; init; }

    /// <summary>Waiting for the model to load.</summary>
    public double? LoadTimeMs { get; init; }

    /// <summary>From arrival to the first token.</summary>
    public double? TtftMs { get; init; }

    /// <summary>Reading the prompt.</summary>
    public double? PromptTimeMs { get; init; }

    /// <summary>Writing the answer.</summary>
    public double? GenerationTimeMs { get; init; }

    /// <summary>From arrival to the last byte.</summary>
    public double? TotalTimeMs { get; init; }

    /// <summary>Prompt tokens a second.</summary>
    public double? PromptPerSecond { get; init; }

    /// <summary>Generated tokens a second.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>As asked for.</summary>
    public double? Temperature { get; init; }

    /// <summary>As asked for.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>stop, length, tool_calls, …</summary>
    public string? FinishReason { get; init; }

    /// <summary>Served from the response cache.</summary>
    public bool CacheHit { get; init; }

    /// <summary>What the client got.</summary>
    public long HttpStatus { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>The key used.</summary>
    public long? ApiKeyId { get; init; }

    /// <summary>Id shown to the client.</summary>
    public string? RequestId { get; init; }

    /// <summary>Text kept under <c>Security:StorePrompts</c>.</summary>
    public string? PromptPreview { get; init; }

    /// <summary>When it arrived, Unix milliseconds.</summary>
    public long CreatedAt { get; init; }

    /// <summary>The answer for one.</summary>
    /// <param name="row">What it is made of.</param>
    public static StatsAnswer Of(StatsRow row) =>
        new()
        {
            Id = row.Id,
            SessionId = row.SessionId,
            ModelPath = row.ModelPath,
            ModelName = row.ModelName,
            Endpoint = row.Endpoint,
            Stream = row.Stream,
            PromptTokens = row.PromptTokens,
            GeneratedTokens = row.GeneratedTokens,
            TotalTokens = row.TotalTokens,
            CachedTokens = row.CachedTokens,
            DraftTokens = row.DraftTokens,
            DraftAcceptedTokens = row.DraftAcceptedTokens,
            QueueTimeMs = row.QueueTimeMs,
            LoadTimeMs = row.LoadTimeMs,
            TtftMs = row.TtftMs,
            PromptTimeMs = row.PromptTimeMs,
            GenerationTimeMs = row.GenerationTimeMs,
            TotalTimeMs = row.TotalTimeMs,
            PromptPerSecond = row.PromptPerSecond,
            TokensPerSecond = row.TokensPerSecond,
            Temperature = row.Temperature,
            MaxTokens = row.MaxTokens,
            FinishReason = row.FinishReason,
            CacheHit = row.CacheHit,
            HttpStatus = row.HttpStatus,
            Error = row.Error,
            ApiKeyId = row.ApiKeyId,
            RequestId = row.RequestId,
            PromptPreview = row.PromptPreview,
            CreatedAt = row.CreatedAt,
        };
}
