namespace LlamaBlazor.Web.Statistics;

/// <summary>A day of one model in the answer of <c>/api/stats/daily</c>.</summary>
internal sealed record StatsDayAnswer
{
    /// <summary>Primary key.</summary>
    public long Id { get; init; }

    /// <summary>yyyy-MM-dd, UTC.</summary>
    public required string Day { get; init; }

    /// <summary>The model.</summary>
    public required string ModelName { get; init; }

    /// <summary>How many.</summary>
    public long Requests { get; init; }

    /// <summary>How many failed.</summary>
    public long Failures { get; init; }

    /// <summary>How many came from the cache.</summary>
    public long CacheHits { get; init; }

    /// <summary>Sum.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Sum.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>Sum.</summary>
    public double TotalTimeMs { get; init; }

    /// <summary>Mean.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>The answer for one.</summary>
    /// <param name="row">What it is made of.</param>
    public static StatsDayAnswer Of(StatsDailyRow row) =>
        new()
        {
            Id = row.Id,
            Day = row.Day,
            ModelName = row.ModelName,
            Requests = row.Requests,
            Failures = row.Failures,
            CacheHits = row.CacheHits,
            PromptTokens = row.PromptTokens,
            GeneratedTokens = row.GeneratedTokens,
            TotalTimeMs = row.TotalTimeMs,
            TokensPerSecond = row.TokensPerSecond,
        };
}
