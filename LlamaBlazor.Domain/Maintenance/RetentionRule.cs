namespace LlamaBlazor.Domain.Maintenance;

/// <summary>How long rows of a table stay (acceptance 1.6). Both limits may be absent; both may be there, then the stricter one
/// holds.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="What">What it holds, for people.</param>
/// <param name="TimeColumn">Column with the age of a row, Unix milliseconds.</param>
/// <param name="Days">Rows older than this leave; null for any age.</param>
/// <param name="Rows">So many rows stay, the newest; null for any number.</param>
/// <param name="Condition">Which rows it is about, in SQL; null for all. Never from outside.</param>
public sealed record RetentionRule(string Table, string What, string TimeColumn, int? Days, int? Rows, string? Condition = null)
{
    /// <summary>Longest age that can be set.</summary>
    public const int MaxDays = 3650;

    /// <summary>Most rows that can be set.</summary>
    public const int MaxRows = 100_000_000;

    /// <summary>The rules as they come with the program. <c>metrics_history</c> (10 minutes) and <c>cache</c> are kept by their own
    /// features.</summary>
    public static IReadOnlyList<RetentionRule> Defaults { get; } =
    [
        new("metrics", "Means of each minute", "timestamp", null, 10_000),
        new("system_snapshots", "The machine every 30 seconds", "timestamp", 30, null),
        new("resource_metrics", "Processor and memory of each instance", "timestamp", 7, null),
        new("logs", "Lines of the log", "timestamp", 30, 100_000),
        new("api_cache", "Answers of other services; days count from their expiry", "expires_at", 0, null),
        new("container_instances", "Instances that were removed", "stopped_at", 90, null, "status = 'deleted'"),
        new("audit_log", "Actions of administrators", "created_at", 180, null),
        new("health_checks", "Health of instances", "checked_at", 30, 100_000),
        // A day is added up before its requests leave: what is not in stats_daily yet stays.
        new(
            "stats",
            "Requests, one by one; their days are kept added up",
            "created_at",
            365,
            null,
            "date(created_at / 1000, 'unixepoch') <= (SELECT max(day) FROM stats_daily)"
        ),
    ];

    /// <summary>What is wrong with limits, or null.</summary>
    /// <param name="days">Age in days, or null.</param>
    /// <param name="rows">Number of rows, or null.</param>
    public static string? Check(int? days, int? rows) =>
        days is < 0 or > MaxDays ? $"Days are 0 to {MaxDays}."
        : rows is < 1 or > MaxRows ? $"Rows are 1 to {MaxRows}."
        : null;
}
