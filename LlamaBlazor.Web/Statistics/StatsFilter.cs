using System.Globalization;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Web.Statistics;

/// <summary>Which requests are meant; null means all.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Since">Earliest arrival, Unix milliseconds.</param>
/// <param name="Until">Latest arrival, Unix milliseconds.</param>
/// <param name="Outcome">ok, failed or cached.</param>
/// <param name="KeyId">The key.</param>
/// <param name="Session">The session.</param>
public sealed record StatsFilter(
    string? Model = null,
    long? Since = null,
    long? Until = null,
    string? Outcome = null,
    long? KeyId = null,
    string? Session = null
)
{
    /// <summary>Words of <see cref="Outcome"/>.</summary>
    public static IReadOnlyList<string> Outcomes { get; } = ["ok", "failed", "cached"];

    /// <summary>Reads the values of a query; times are Unix milliseconds or ISO 8601.</summary>
    public static Result<StatsFilter> Parse(
        string? model,
        string? since,
        string? until,
        string? outcome = null,
        long? key = null,
        string? session = null
    )
    {
        var errors = new Dictionary<string, string[]>();
        var (from, to) = (Time(since, nameof(since), errors), Time(until, nameof(until), errors));
        if (!string.IsNullOrEmpty(outcome) && !Outcomes.Contains(outcome))
            errors["outcome"] = [$"One of {string.Join(", ", Outcomes)}."];
        return errors.Count > 0 ? Failure.Invalid(errors) : new StatsFilter(Text(model), from, to, Text(outcome), key, Text(session));
    }

    /// <summary>The filter as the query of an address, with a leading question mark; empty where it means all.</summary>
    public string ToQuery(params (string Name, string? Value)[] more)
    {
        var pairs = more.Concat([
            ("model", Model),
            ("since", Text(Since)),
            ("until", Text(Until)),
            ("outcome", Outcome),
            ("key", Text(KeyId)),
            ("session", Session),
        ]);
        return QueryString
            .Create(pairs.Where(pair => pair.Item2 is not null).Select(pair => new KeyValuePair<string, string?>(pair.Item1, pair.Item2)))
            .ToUriComponent();
    }

    /// <summary>Unix milliseconds of a time written either way, or null.</summary>
    public static long? ParseTime(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
            return milliseconds;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUnixTimeMilliseconds()
            : null;
    }

    /// <summary>Restricts a query.</summary>
    public IQueryable<StatsRow> Apply(IQueryable<StatsRow> rows)
    {
        if (Model is { } model)
            rows = rows.Where(row => row.ModelName == model);
        if (Since is { } since)
            rows = rows.Where(row => row.CreatedAt >= since);
        if (Until is { } until)
            rows = rows.Where(row => row.CreatedAt <= until);
        if (KeyId is { } key)
            rows = rows.Where(row => row.ApiKeyId == key);
        if (Session is { } session)
            rows = rows.Where(row => row.SessionId == session);
        return Outcome switch
        {
            "ok" => rows.Where(row => row.Error == null),
            "failed" => rows.Where(row => row.Error != null),
            "cached" => rows.Where(row => row.CacheHit),
            _ => rows,
        };
    }

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static long? Time(string? text, string field, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var time = ParseTime(text);
        if (time is null)
            errors[field] = ["Unix milliseconds, or a time such as 2026-01-31T12:00:00Z."];
        return time;
    }
}
