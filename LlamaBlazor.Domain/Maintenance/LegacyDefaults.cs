using LlamaBlazor.Domain.Maintenance.Legacy;

namespace LlamaBlazor.Domain.Maintenance;

/// <summary>
/// Defaults of the seed schemas that are not the engine's own (parameters.md (c)). Stored values equal to them were hardly ever chosen by
/// anybody, and
/// emitting them would do harm: they become NULL, "say nothing", and are counted.
/// </summary>
public static class LegacyDefaults
{
    private static readonly Dictionary<string, object> Seed = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ignore_eos"] = 1L,
        ["mmap"] = 0L,
        ["kv_offload"] = 0L,
        ["op_offload"] = 0L,
        ["repack"] = 0L,
        ["cont_batching"] = 0L,
        ["warmup"] = 0L,
        ["jinja"] = 0L,
        ["prefill_assistant"] = 0L,
        ["slots_enabled"] = 0L,
        ["models_autoload"] = 0L,
        ["mmproj_auto"] = 0L,
        ["mmproj_offload"] = 0L,
        ["cache_ram"] = -1L,
        ["timeout"] = 600L,
        ["ctx_checkpoints"] = 8L,
        ["top_p"] = 0.9,
        ["min_p"] = 0.1,
        ["dry_penalty_last_n"] = -1L,
        ["draft_max"] = 16L,
        ["draft_p_min"] = 0.8,
        ["log_verbose"] = 0L,
        ["log_prefix"] = 0L,
        ["log_timestamps"] = 0L,
        ["kv_unified"] = 0L,
        ["cpu_strict_batch"] = 0L,
        ["threads"] = -1L,
    };

    /// <summary>Whether a value is such a default.</summary>
    /// <param name="kind">The database it comes from.</param>
    /// <param name="column">Its column.</param>
    /// <param name="value">The value.</param>
    public static bool IsSeedDefault(LegacyKind kind, string column, object? value) =>
        (LegacySources.Of(kind).Defaults.TryGetValue(column, out var own) && LegacyValues.Same(value, own))
        || (Seed.TryGetValue(column, out var seed) && LegacyValues.Same(value, seed));
}
