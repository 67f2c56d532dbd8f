namespace LlamaBlazor.Domain.Statistics;

/// <summary>Totals of a group of requests.</summary>
public sealed record StatsGroup
{
    /// <summary>Requests.</summary>
    public required int Requests { get; init; }

    /// <summary>Requests with an error.</summary>
    public int Failures { get; init; }

    /// <summary>Requests answered by the response cache.</summary>
    public int CacheHits { get; init; }

    /// <summary>Sum of the prompts' tokens.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Sum of the answers' tokens.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>Prompt tokens that the engines found in their caches.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Mean speed of generation, or null.</summary>
    public double? AvgTokensPerSecond { get; init; }

    /// <summary>Milliseconds to the first token.</summary>
    public Percentiles? TtftMs { get; init; }

    /// <summary>Milliseconds to the last byte.</summary>
    public Percentiles? TotalMs { get; init; }

    /// <summary>Milliseconds in the queue.</summary>
    public Percentiles? QueueMs { get; init; }

    /// <summary>Tokens a second.</summary>
    public Percentiles? TokensPerSecond { get; init; }

    /// <summary>The totals of some requests.</summary>
    /// <param name="records">The requests.</param>
    public static StatsGroup Of(IReadOnlyCollection<GenerationRecord> records)
    {
        var speeds = records
            .Where(r => !r.CacheHit && r.TokensPerSecond is not null)
            .Select(r => r.TokensPerSecond!.Value)
            .Where(double.IsFinite)
            .ToList();
        return new StatsGroup
        {
            Requests = records.Count,
            Failures = records.Count(r => r.Failed),
            CacheHits = records.Count(r => r.CacheHit),
            PromptTokens = records.Sum(r => r.PromptTokens),
            GeneratedTokens = records.Sum(r => r.GeneratedTokens),
            CachedTokens = records.Sum(r => r.CachedTokens),
            AvgTokensPerSecond = speeds.Count == 0 ? null : speeds.Average(),
            TtftMs = Percentiles.Of(Values(records, r => r.TtftMs)),
            TotalMs = Percentiles.Of(Values(records, r => r.TotalMs)),
            QueueMs = Percentiles.Of(Values(records, r => r.QueueMs)),
            TokensPerSecond = Percentiles.Of(speeds),
        };
    }

    // Failures would flatter the times: a refused request is quick.
    private static IEnumerable<double> Values(IEnumerable<GenerationRecord> records, Func<GenerationRecord, double?> value) =>
        records.Where(r => !r.Failed).Select(value).OfType<double>();
}

/// <summary>A day of all models.</summary>
/// <param name="Day">yyyy-MM-dd, UTC.</param>
/// <param name="Requests">Requests.</param>
/// <param name="Failures">Requests with an error.</param>
/// <param name="PromptTokens">Sum of the prompts' tokens.</param>
/// <param name="GeneratedTokens">Sum of the answers' tokens.</param>
/// <param name="AvgTokensPerSecond">Mean speed of generation, or null.</param>
/// <param name="TtftMs">Milliseconds to the first token.</param>
/// <param name="TotalMs">Milliseconds to the last byte.</param>
/// <param name="TokensPerSecond">Tokens a second.</param>
public sealed record StatsDay(
    string Day,
    long Requests,
    long Failures,
    long PromptTokens,
    long GeneratedTokens,
    double? AvgTokensPerSecond,
    Percentiles? TtftMs,
    Percentiles? TotalMs,
    Percentiles? TokensPerSecond
)
{
    /// <summary>A day from the totals of its requests.</summary>
    /// <param name="day">yyyy-MM-dd, UTC.</param>
    /// <param name="group">Its totals.</param>
    public static StatsDay Of(string day, StatsGroup group) =>
        new(
            day,
            group.Requests,
            group.Failures,
            group.PromptTokens,
            group.GeneratedTokens,
            group.AvgTokensPerSecond,
            group.TtftMs,
            group.TotalMs,
            group.TokensPerSecond
        );
}

/// <summary>The answer of <c>/api/stats/summary</c> (seed S3.11).</summary>
/// <param name="TotalGenerations">Requests.</param>
/// <param name="TotalTokens">Tokens in and out.</param>
/// <param name="AvgTokensPerSecond">Mean speed, 0 when nothing was measured.</param>
/// <param name="CacheHitRate">Share of requests answered by the response cache, 0 to 1.</param>
/// <param name="All">Everything together.</param>
/// <param name="ByModel">Each model.</param>
/// <param name="ByKey">Each key by its name; <c>none</c> for requests without one.</param>
/// <param name="ByDay">Each day, oldest first.</param>
/// <param name="Sampled">True when there were more requests than were read, and only the newest count.</param>
public sealed record StatsSummary(
    int TotalGenerations,
    long TotalTokens,
    double AvgTokensPerSecond,
    double CacheHitRate,
    StatsGroup All,
    IReadOnlyDictionary<string, StatsGroup> ByModel,
    IReadOnlyDictionary<string, StatsGroup> ByKey,
    IReadOnlyList<StatsDay> ByDay,
    bool Sampled
)
{
    /// <summary>Summarises requests.</summary>
    /// <param name="records">The requests, in any order.</param>
    /// <param name="sampled">Whether older ones were left out.</param>
    /// <param name="keyNames">Names of keys by id; those without one are shown with their number.</param>
    public static StatsSummary Of(
        IReadOnlyList<GenerationRecord> records,
        bool sampled = false,
        IReadOnlyDictionary<long, string>? keyNames = null
    )
    {
        var all = StatsGroup.Of(records);
        return new StatsSummary(
            all.Requests,
            all.PromptTokens + all.GeneratedTokens,
            all.AvgTokensPerSecond ?? 0,
            all.Requests == 0 ? 0 : (double)all.CacheHits / all.Requests,
            all,
            Groups(records, r => r.Model),
            Groups(records, r => NameOf(r.KeyId, keyNames)),
            [
                .. records
                    .GroupBy(r => DayOf(r.CreatedAt))
                    .OrderBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => StatsDay.Of(g.Key, StatsGroup.Of([.. g]))),
            ],
            sampled
        );
    }

    /// <summary>The UTC day of a time, yyyy-MM-dd.</summary>
    /// <param name="unixMilliseconds">The time.</param>
    public static string DayOf(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).ToString("yyyy-MM-dd");

    private static string NameOf(long? keyId, IReadOnlyDictionary<long, string>? names)
    {
        if (keyId is not { } id)
            return "none";
        return names is not null && names.TryGetValue(id, out var name) ? name : $"key {id}";
    }

    private static Dictionary<string, StatsGroup> Groups(IEnumerable<GenerationRecord> records, Func<GenerationRecord, string> key) =>
        records.GroupBy(key).OrderByDescending(g => g.Count()).ToDictionary(g => g.Key, g => StatsGroup.Of([.. g]));
}
