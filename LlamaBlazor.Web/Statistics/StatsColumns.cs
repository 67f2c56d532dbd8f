namespace LlamaBlazor.Web.Statistics;

/// <summary>A column of <c>stats</c> and how to get its value: written out, since a row is written for every request and reflection costs
/// more than SQLite.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Value">Its value in a row, or null.</param>
internal sealed record StatsColumn(string Name, Func<StatsRow, object?> Value);

/// <summary>All columns but the key, which the database gives.</summary>
internal static class StatsColumns
{
    private static readonly object True = true;
    private static readonly object False = false;

    /// <summary>The columns.</summary>
    public static IReadOnlyList<StatsColumn> All { get; } =
    [
        new("session_id", static row => row.SessionId),
        new("model_path", static row => row.ModelPath),
        new("model_name", static row => row.ModelName),
        new("endpoint", static row => row.Endpoint),
        new("stream", static row => row.Stream ? True : False),
        new("prompt_tokens", static row => row.PromptTokens),
        new("generated_tokens", static row => row.GeneratedTokens),
        new("total_tokens", static row => row.TotalTokens),
        new("cached_tokens", static row => row.CachedTokens),
        new("draft_tokens", static row => row.DraftTokens),
        new("draft_accepted_tokens", static row => row.DraftAcceptedTokens),
        new("queue_time_ms", static row => row.QueueTimeMs),
        new("load_time_ms", static row => row.LoadTimeMs),
        new("ttft_ms", static row => row.TtftMs),
        new("prompt_time_ms", static row => row.PromptTimeMs),
        new("generation_time_ms", static row => row.GenerationTimeMs),
        new("total_time_ms", static row => row.TotalTimeMs),
        new("prompt_per_second", static row => row.PromptPerSecond),
        new("tokens_per_second", static row => row.TokensPerSecond),
        new("temperature", static row => row.Temperature),
        new("max_tokens", static row => row.MaxTokens),
        new("finish_reason", static row => row.FinishReason),
        new("cache_hit", static row => row.CacheHit ? True : False),
        new("http_status", static row => row.HttpStatus),
        new("error", static row => row.Error),
        new("api_key_id", static row => row.ApiKeyId),
        new("request_id", static row => row.RequestId),
        new("prompt_preview", static row => row.PromptPreview),
        new("created_at", static row => row.CreatedAt),
    ];
}
