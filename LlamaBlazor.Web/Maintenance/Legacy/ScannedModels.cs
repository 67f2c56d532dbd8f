using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Parameters.Import;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>
/// The rows that a scan made and nobody has touched: what an old database says of their file is said of them, as other imports do it. They
/// give way to a row
/// that has what the scan knows of the file, and the rest of the old one.
/// </summary>
internal static class ScannedModels
{
    // Revisions count changes; what was used has a time; a scan sees a file first when it makes the row.
    private const string Untouched =
        "SELECT min(m.id) FROM models m WHERE m.model_path = $value AND m.role = 'model' AND m.status = 'stopped'"
        + " AND m.revision = 0 AND m.tags IS NULL"
        + " AND m.notes IS NULL AND m.favorite = 0 AND m.last_used_at IS NULL AND m.first_seen_at = m.created_at"
        + " AND NOT EXISTS (SELECT 1 FROM model_aliases a WHERE a.model_id = m.id)"
        + " AND NOT EXISTS (SELECT 1 FROM config_revisions c WHERE c.model_id = m.id)";

    // A new row has these of its own, or from the old database alone.
    private static readonly HashSet<string> Own = ["id", "uid", "name", "revision", "forced_columns", "created_at", "updated_at"];

    private static readonly HashSet<string> OfTheFile =
    [
        "fingerprint",
        "file_size_bytes",
        "file_modified_at",
        "file_missing",
        "split_count",
        "split_missing",
        "projector_path",
        "role",
        "first_seen_at",
    ];

    private static readonly Dictionary<string, string> Tables = new()
    {
        [ConfigSection.Sampling] = "model_sampling_config",
        [ConfigSection.Memory] = "model_memory_config",
        [ConfigSection.Gpu] = "model_gpu_config",
        [ConfigSection.Advanced] = "model_advanced_config",
        [ConfigSection.Lora] = "model_lora_config",
        [ConfigSection.Multimodal] = "model_multimodal_config",
        [ConfigSection.Runtime] = "model_runtime",
        [ConfigSection.Server] = "model_server_override",
    };

    /// <summary>The untouched row of a model's file, or null.</summary>
    public static long? Find(LegacyTarget target, IReadOnlyDictionary<string, object?> row)
    {
        if (row.GetValueOrDefault("model_path") is not string path || target.Find(Untouched, path) is not long id)
            return null;
        return
            target.Find("SELECT name FROM models WHERE id = $value", id) is string name
            && UntouchedModels.IsOfScan(name, path)
            && !IsSet(target, id)
            ? id
            : null;
    }

    /// <summary>Takes the row away, and what it knows of the file into the new one.</summary>
    public static void Replace(LegacyTarget target, long scanned, Dictionary<string, object?> row)
    {
        foreach (
            var column in target
                .Columns("models")
                .Where(column => !Own.Contains(column) && (OfTheFile.Contains(column) || row.GetValueOrDefault(column) is null))
        )
        {
            if (target.Find($"SELECT \"{column}\" FROM models WHERE id = $value", scanned) is { } known)
                row[column] = known;
        }

        target.Find("DELETE FROM models WHERE id = $value", scanned); // its settings go with it
        target.Forget();
    }

    private static bool IsSet(LegacyTarget target, long id) =>
        IsSet(target, id, "models", "id", ConfigSection.Model) || Tables.Any(pair => IsSet(target, id, pair.Value, "model_id", pair.Key));

    private static bool IsSet(LegacyTarget target, long id, string table, string key, string section)
    {
        var columns = ParameterCatalogue
            .Current.SectionOfModel(section)
            .Select(definition => definition.Column)
            .Where(column => column != "model_path" && target.Columns(table).Contains(column));
        var set = string.Join(" OR ", columns.Select(column => $"\"{column}\" IS NOT NULL"));
        return set.Length > 0 && target.Find($"SELECT 1 FROM {table} WHERE {key} = $value AND ({set})", id) is not null;
    }
}
