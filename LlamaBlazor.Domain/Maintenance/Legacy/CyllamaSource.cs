namespace LlamaBlazor.Domain.Maintenance.Legacy;

/// <summary>cyllama: models by file name, a cache of answers, statistics of requests, typed preferences (seed S3).</summary>
public sealed class CyllamaSource : ILegacySource
{
    /// <inheritdoc/>
    public LegacyKind Kind => LegacyKind.Cyllama;

    /// <inheritdoc/>
    public string Mark => "cyllama (cache with cache_key, stats with generated_tokens, or models with filename)";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> ModelColumns => LegacyNames.Usual;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object> Defaults => LegacyNames.NoDefaults;

    /// <inheritdoc/>
    public bool HasTemplateOfFile => true;

    /// <inheritdoc/>
    public IReadOnlyList<LegacyTable> Tables { get; } =
    [
        new(
            "config",
            ["key"],
            new Dictionary<string, object>
            {
                ["value_type"] = "json",
                ["created_at"] = LegacyTable.Now,
                ["updated_at"] = "$created_at",
            }
        )
        {
            Adapt = row => row["value"] = LegacyValues.Json(row.GetValueOrDefault("value")),
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
                ["created_at"] = LegacyTable.Now,
            }
        )
        {
            CountsEqualRows = true,
            Adapt = row =>
                row["model_name"] =
                    LegacyValues.ModelName(row.GetValueOrDefault("model_name"))
                    ?? LegacyValues.ModelName(row.GetValueOrDefault("model_path")),
        },
        new("cache", ["cache_key"], new Dictionary<string, object> { ["hit_count"] = 0L, ["created_at"] = LegacyTable.Now }),
    ];

    /// <inheritdoc/>
    public bool Recognises(LegacyTables tables) =>
        tables.Has("cache", "cache_key") || tables.Has("stats", "generated_tokens") || tables.Has("models", "filename");
}
