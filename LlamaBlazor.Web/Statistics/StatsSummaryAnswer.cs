using LlamaBlazor.Domain.Statistics;

namespace LlamaBlazor.Web.Statistics;

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
internal sealed record StatsSummaryAnswer(
    int TotalGenerations,
    long TotalTokens,
    double AvgTokensPerSecond,
    double CacheHitRate,
    StatsGroupAnswer All,
    IReadOnlyDictionary<string, StatsGroupAnswer> ByModel,
    IReadOnlyDictionary<string, StatsGroupAnswer> ByKey,
    IReadOnlyList<StatsSummaryDay> ByDay,
    bool Sampled
)
{
    /// <summary>The answer for a summary.</summary>
    /// <param name="summary">The summary.</param>
    public static StatsSummaryAnswer Of(StatsSummary summary) =>
        new(
            summary.TotalGenerations,
            summary.TotalTokens,
            summary.AvgTokensPerSecond,
            summary.CacheHitRate,
            StatsGroupAnswer.Of(summary.All),
            summary.ByModel.ToDictionary(pair => pair.Key, pair => StatsGroupAnswer.Of(pair.Value)),
            summary.ByKey.ToDictionary(pair => pair.Key, pair => StatsGroupAnswer.Of(pair.Value)),
            [.. summary.ByDay.Select(StatsSummaryDay.Of)],
            summary.Sampled
        );
}

/// <summary>Totals of a group of requests.</summary>
/// <param name="Requests">Requests.</param>
/// <param name="Failures">Requests with an error.</param>
/// <param name="CacheHits">Requests answered by the response cache.</param>
/// <param name="PromptTokens">Sum of the prompts' tokens.</param>
/// <param name="GeneratedTokens">Sum of the answers' tokens.</param>
/// <param name="CachedTokens">Prompt tokens that the engines found in their caches.</param>
/// <param name="AvgTokensPerSecond">Mean speed of generation, or null.</param>
/// <param name="TtftMs">Milliseconds to the first token.</param>
/// <param name="TotalMs">Milliseconds to the last byte.</param>
/// <param name="QueueMs">Milliseconds in the queue.</param>
/// <param name="TokensPerSecond">Tokens a second.</param>
internal sealed record StatsGroupAnswer(
    int Requests,
    int Failures,
    int CacheHits,
    long PromptTokens,
    long GeneratedTokens,
    long CachedTokens,
    double? AvgTokensPerSecond,
    PercentilesAnswer? TtftMs,
    PercentilesAnswer? TotalMs,
    PercentilesAnswer? QueueMs,
    PercentilesAnswer? TokensPerSecond
)
{
    /// <summary>The answer for a group.</summary>
    /// <param name="group">The group.</param>
    public static StatsGroupAnswer Of(StatsGroup group) =>
        new(
            group.Requests,
            group.Failures,
            group.CacheHits,
            group.PromptTokens,
            group.GeneratedTokens,
            group.CachedTokens,
            group.AvgTokensPerSecond,
            PercentilesAnswer.Of(group.TtftMs),
            PercentilesAnswer.Of(group.TotalMs),
            PercentilesAnswer.Of(group.QueueMs),
            PercentilesAnswer.Of(group.TokensPerSecond)
        );
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
internal sealed record StatsSummaryDay(
    string Day,
    long Requests,
    long Failures,
    long PromptTokens,
    long GeneratedTokens,
    double? AvgTokensPerSecond,
    PercentilesAnswer? TtftMs,
    PercentilesAnswer? TotalMs,
    PercentilesAnswer? TokensPerSecond
)
{
    /// <summary>The answer for a day.</summary>
    /// <param name="day">The day.</param>
    public static StatsSummaryDay Of(StatsDay day) =>
        new(
            day.Day,
            day.Requests,
            day.Failures,
            day.PromptTokens,
            day.GeneratedTokens,
            day.AvgTokensPerSecond,
            PercentilesAnswer.Of(day.TtftMs),
            PercentilesAnswer.Of(day.TotalMs),
            PercentilesAnswer.Of(day.TokensPerSecond)
        );
}

/// <summary>Median and tails of a set of measurements.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="P50">Half are at most this.</param>
/// <param name="P95">95 of 100 are at most this.</param>
/// <param name="P99">99 of 100 are at most this.</param>
/// <param name="Max">The largest.</param>
internal sealed record PercentilesAnswer(int Count, double P50, double P95, double P99, double Max)
{
    /// <summary>The answer for measurements, or null where there are none.</summary>
    /// <param name="of">The measurements.</param>
    public static PercentilesAnswer? Of(Percentiles? of) => of is null ? null : new(of.Count, of.P50, of.P95, of.P99, of.Max);
}
