namespace LlamaBlazor.Web.Cache;

/// <summary>The answer of <c>/api/cache/{id}</c>.</summary>
internal sealed record CacheAnswer
{
    /// <summary>Primary key.</summary>
    public long Id { get; init; }

    /// <summary>SHA-256 of endpoint, model identity and canonical body; unique.</summary>
    public required string CacheKey { get; init; }

    /// <summary>Text, preview or empty, as privacy allows.</summary>
    public required string Prompt { get; init; }

    /// <summary>SHA-256 of the prompt.</summary>
    public required string PromptHash { get; init; }

    /// <summary>The model's name.</summary>
    public required string ModelPath { get; init; }

    /// <summary>What of the request went into the key.</summary>
    public required string ConfigJson { get; init; }

    /// <summary>The answer's text.</summary>
    public required string ResponseText { get; init; }

    /// <summary>The whole answer.</summary>
    public string? ResponseJson { get; init; }

    /// <summary>As answered.</summary>
    public string? FinishReason { get; init; }

    /// <summary>As answered.</summary>
    public long? TokensGenerated { get; init; }

    /// <summary>As measured.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>As measured.</summary>
    public double? GenerationTimeMs { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long CreatedAt { get; init; }

    /// <summary>Unix milliseconds; null never.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>Times served.</summary>
    public long HitCount { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long? LastHitAt { get; init; }

    /// <summary>The answer for one.</summary>
    /// <param name="row">What it is made of.</param>
    public static CacheAnswer Of(CacheRow row) =>
        new()
        {
            Id = row.Id,
            CacheKey = row.CacheKey,
            Prompt = row.Prompt,
            PromptHash = row.PromptHash,
            ModelPath = row.ModelPath,
            ConfigJson = row.ConfigJson,
            ResponseText = row.ResponseText,
            ResponseJson = row.ResponseJson,
            FinishReason = row.FinishReason,
            TokensGenerated = row.TokensGenerated,
            TokensPerSecond = row.TokensPerSecond,
            GenerationTimeMs = row.GenerationTimeMs,
            CreatedAt = row.CreatedAt,
            ExpiresAt = row.ExpiresAt,
            HitCount = row.HitCount,
            LastHitAt = row.LastHitAt,
        };
}
