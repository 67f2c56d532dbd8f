namespace LlamaBlazor.Domain.Maintenance;

/// <summary>How rows of a table other than the models' are taken over.</summary>
/// <param name="Name">The table, there and here.</param>
/// <param name="Key">Columns that tell two rows apart: a row that is here already is not taken again.</param>
/// <param name="Required">Values for columns that may not be NULL here, used where the old row has none. A string beginning with $ names
/// another column.</param>
public sealed record LegacyTable(string Name, IReadOnlyList<string> Key, IReadOnlyDictionary<string, object> Required)
{
    private const string Now = "$now";

    /// <summary>Ours by another name, in tables of one name (seed S4, its v2.1 and v2.2).</summary>
    private static readonly Dictionary<(string Table, string Column), string> Renamed = new()
    {
        [("users", "username")] = "name",
        [("audit_log", "timestamp")] = "created_at",
        [("health_checks", "last_check")] = "checked_at",
    };

    /// <summary>True where rows may be equal and still be two: so many as there were come.</summary>
    public bool CountsEqualRows { get; init; }

    /// <summary>All of them, parents before children.</summary>
    public static IReadOnlyList<LegacyTable> All { get; } =
    [
        new(
            "config",
            ["key"],
            new Dictionary<string, object>
            {
                ["value_type"] = "json",
                ["created_at"] = Now,
                ["updated_at"] = "$created_at",
            }
        ),
        new("metadata", ["key"], new Dictionary<string, object> { ["value"] = "", ["updated_at"] = Now }),
        new(
            "logs",
            ["timestamp", "level", "source", "message"],
            new Dictionary<string, object>
            {
                ["source"] = "server",
                ["timestamp"] = "$created_at",
                ["created_at"] = "$timestamp",
            }
        )
        {
            CountsEqualRows = true,
        },
        new(
            "stats",
            ["created_at", "model_name", "prompt_tokens", "generated_tokens"],
            new Dictionary<string, object>
            {
                ["model_name"] = "$model_path",
                ["stream"] = 0L,
                ["cache_hit"] = 0L,
                ["http_status"] = 200L,
                ["created_at"] = Now,
            }
        )
        {
            CountsEqualRows = true,
        },
        new("cache", ["cache_key"], new Dictionary<string, object> { ["hit_count"] = 0L, ["created_at"] = Now }),
        new("api_cache", ["endpoint"], new Dictionary<string, object> { ["response"] = "", ["cached_at"] = Now }),
        new("ngc_images", ["organization", "team", "name"], new Dictionary<string, object> { ["team"] = "", ["registry"] = "nvcr.io" }),
        new("image_versions", ["image_id", "tag"], new Dictionary<string, object> { ["architecture"] = "amd64", ["is_cached"] = 0L }),
        new("users", ["name"], new Dictionary<string, object> { ["role"] = "user", ["created_at"] = Now }),
        new("container_instances", ["container_id"], new Dictionary<string, object> { ["kind"] = "docker", ["created_at"] = Now }),
        new("resource_metrics", ["container_id", "timestamp"], new Dictionary<string, object> { ["timestamp"] = Now }),
        new("system_snapshots", ["timestamp"], new Dictionary<string, object> { ["timestamp"] = Now }),
        new(
            "project_quotas",
            ["project_path"],
            new Dictionary<string, object>
            {
                ["current_containers"] = 0L,
                ["current_cpu_cores"] = 0.0,
                ["current_memory_gb"] = 0.0,
                ["current_gpus"] = 0L,
                ["created_at"] = Now,
                ["updated_at"] = "$created_at",
            }
        ),
        new(
            "audit_log",
            ["created_at", "user_id", "action", "resource_type", "resource_id", "details"],
            new Dictionary<string, object>
            {
                ["action"] = "unknown",
                ["resource_type"] = "unknown",
                ["created_at"] = Now,
            }
        )
        {
            CountsEqualRows = true,
        },
        new(
            "health_checks",
            ["container_id", "timestamp"],
            new Dictionary<string, object>
            {
                ["status"] = "unknown",
                ["failure_count"] = 0L,
                ["checked_at"] = Now,
                ["timestamp"] = "$checked_at",
            }
        ),
    ];

    /// <summary>A row in today's form: times in milliseconds, levels and states in today's words, nothing missing that must be
    /// there.</summary>
    /// <param name="row">The old row.</param>
    /// <param name="now">Unix milliseconds.</param>
    public Dictionary<string, object?> Convert(IReadOnlyDictionary<string, object?> row, long now)
    {
        var converted = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (column, value) in row.Where(pair => pair.Key != "id"))
            converted[Renamed.GetValueOrDefault((Name, column), column)] = IsTime(column) ? LegacyValues.Time(value) : value;
        Adapt(converted);
        foreach (var (column, fallback) in Required.Where(pair => converted.GetValueOrDefault(pair.Key) is null))
            converted[column] =
                fallback is string text && text.StartsWith('$')
                    ? (text == Now ? null : converted.GetValueOrDefault(text[1..])) ?? now
                    : fallback;
        return converted;
    }

    private void Adapt(Dictionary<string, object?> row)
    {
        switch (Name)
        {
            case "logs":
                row["level"] = LegacyValues.Level(row.GetValueOrDefault("level"));
                break;
            case "stats":
                row["model_name"] =
                    LegacyValues.ModelName(row.GetValueOrDefault("model_name"))
                    ?? LegacyValues.ModelName(row.GetValueOrDefault("model_path"));
                break;
            case "config":
                row["value"] = LegacyValues.Json(row.GetValueOrDefault("value"));
                break;
            case "container_instances":
                // what ran there does not run here
                row["status"] = row.GetValueOrDefault("status") is "deleted" or "error" ? row["status"] : "stopped";
                break;
            case "health_checks" when row.GetValueOrDefault("checked_at") is null:
                row["checked_at"] = row.GetValueOrDefault("timestamp");
                break;
        }
    }

    /// <summary>Whether a column holds a time, by its name.</summary>
    /// <param name="column">The column.</param>
    public static bool IsTime(string column) =>
        column == "timestamp" || column.EndsWith("_at", StringComparison.Ordinal) || column is "last_synced" or "last_check";
}
