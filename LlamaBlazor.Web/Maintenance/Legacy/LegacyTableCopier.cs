using System.Text.Json;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Maintenance.Legacy;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>Takes over every table but the models' and the metrics: what both have, row by row; columns that have no place here are kept
/// aside with their row.</summary>
internal sealed class LegacyTableCopier(LegacyTarget target, SecretProtector secrets)
{
    /// <summary>Tables that are taken over elsewhere, or hold nothing but the old program's own state.</summary>
    private static readonly HashSet<string> Handled = new(StringComparer.Ordinal)
    {
        "models",
        "model_sampling_config",
        "model_memory_config",
        "model_gpu_config",
        "model_advanced_config",
        "model_lora_config",
        "model_multimodal_config",
        "model_fit_params",
        "model_server_config",
        "metrics",
        "metrics_history",
        "server_config",
        "schema_version",
    };

    private readonly Dictionary<(string Table, long Id), long> _ids = []; // images and users there and here

    // equal rows that may still be those that are here; as many as the file has
    private readonly Dictionary<string, long> _equal = new(StringComparer.Ordinal);
    private long _below;

    /// <summary>Copies all tables of the old file.</summary>
    public void Copy(LegacyFile old)
    {
        var tables = old.Tables.ToHashSet(StringComparer.Ordinal);
        foreach (var table in LegacySources.Tables.Where(table => tables.Contains(table.Name)))
            CopyTable(old, table);
        foreach (
            var unknown in tables
                .Where(table => !Handled.Contains(table) && LegacySources.Tables.All(known => known.Name != table))
                .Order(StringComparer.Ordinal)
        )
        {
            var reason = LegacySources.KeptAside.GetValueOrDefault(unknown, "There is no such table here");
            foreach (var row in old.Rows(unknown))
            {
                target.Report.Table(unknown).Read++;
                target.KeepAside(unknown, row, reason);
            }
        }
    }

    private void CopyTable(LegacyFile old, LegacyTable table)
    {
        var outcome = target.Report.Table(table.Name);
        var rows = old.Rows(table.Name).Select(source => (Source: source, Row: table.Convert(source, target.Now)));
        _equal.Clear();
        if (table.Name == "logs") // lines get rows before those that are here, so that the order of rows is the order of time
        {
            rows = rows.OrderByDescending(pair => pair.Row["timestamp"] as long? ?? 0);
            _below = Math.Min(0, target.Find("SELECT min(id) FROM logs WHERE id < $value", long.MaxValue) as long? ?? 0);
        }

        foreach (var (source, row) in rows)
        {
            outcome.Read++;
            var foreign = Fit(table, source, row);
            var before = (outcome.Imported, outcome.KeptAside);
            Insert(table, row, source, outcome);
            if (foreign.Count > 0 && outcome.KeptAside == before.KeptAside)
                target.KeepAside(table.Name, source, $"No place for {string.Join(", ", foreign.Order(StringComparer.Ordinal))}");
        }
    }

    // Gives a row the columns that the table has here; names of those it does not, or whose value is lost.
    private List<string> Fit(LegacyTable table, Dictionary<string, object?> source, Dictionary<string, object?> row)
    {
        var columns = target.Columns(table.Name);
        var foreign = row.Where(pair => !columns.Contains(pair.Key) && pair.Value is not null).Select(pair => pair.Key).ToList();
        foreign.AddRange(
            source
                .Where(pair => pair.Value is not null && LegacyTable.IsTime(pair.Key) && LegacyValues.Time(pair.Value) is null)
                .Select(pair => pair.Key)
        );
        foreach (var column in row.Keys.Where(column => !columns.Contains(column)).ToList())
            row.Remove(column);
        switch (table.Name)
        {
            case "image_versions":
                row["image_id"] = Here("ngc_images", row.GetValueOrDefault("image_id"));
                break;
            case "audit_log":
                row["user_id"] = Here("users", row.GetValueOrDefault("user_id"));
                break;
            case "container_instances":
                row["id"] = target.NextInstanceId();
                row["user_id"] = Here("users", row.GetValueOrDefault("user_id"));
                break;
            case "config" or "metadata":
                row["value"] = Protect(row["key"]?.ToString() ?? "", row["value"]?.ToString() ?? "");
                break;
        }

        return foreign;
    }

    private long? Here(string table, object? id) =>
        LegacyValues.TryConvert(id, typeof(long), out var number) && number is long there && _ids.TryGetValue((table, there), out var here)
            ? here
            : null;

    // A value that is a JSON string stays one.
    private string Protect(string key, string value)
    {
        if (value.StartsWith('"') && JsonSerializer.Deserialize<string>(LegacyValues.Json(value)) is { } text)
            return SecretWords.Replace(key, text, secrets.Protect) is string safe && safe != text ? JsonSerializer.Serialize(safe) : value;
        return (string)SecretWords.Replace(key, value, secrets.Protect)!;
    }

    private void Insert(LegacyTable table, Dictionary<string, object?> row, Dictionary<string, object?> source, TableOutcome outcome)
    {
        if (IsHere(table, row))
        {
            outcome.AlreadyHere++;
            Remember(table, source, target.IdOf(table.Name, table.Key, row));
            if (
                table.Name is "config" or "metadata"
                && target.Find($"SELECT value FROM {table.Name} WHERE key = $value", row["key"]) is string here
                && Open(here) != Open((string)row["value"]!)
                && !IsOwnFact(table, row)
            )
                target.KeepAside(table.Name, source, "It has another value here, which stays");
            return;
        }

        if (table.Name == "logs")
            row["id"] = --_below;
        if (target.TryInsert(table.Name, row, source) is not { } id)
            return;
        outcome.Imported++;
        Remember(table, source, id);
        target.Inserted(table.Name, row);
    }

    // Protecting gives another text each time.
    private string Open(string stored) =>
        stored.Contains("protected:", StringComparison.Ordinal) ? secrets.Unprotect(stored.Trim('"')) ?? stored : stored.Trim('"');

    private static bool IsOwnFact(LegacyTable table, Dictionary<string, object?> row) =>
        table.Name == "metadata" && row["key"] is "db_version" or "server_start_time";

    private bool IsHere(LegacyTable table, Dictionary<string, object?> row)
    {
        if (!table.CountsEqualRows)
            return target.Count(table.Name, table.Key, row) > 0;
        var key = JsonSerializer.Serialize(table.Key.Select(column => row.GetValueOrDefault(column)?.ToString()));
        if (!_equal.TryGetValue(key, out var left))
            left = target.Count(table.Name, table.Key, row);
        _equal[key] = Math.Max(0, left - 1);
        return left > 0;
    }

    private void Remember(LegacyTable table, Dictionary<string, object?> source, long? id)
    {
        if (
            table.Name is "ngc_images" or "users"
            && id is { } here
            && LegacyValues.TryConvert(source.GetValueOrDefault("id"), typeof(long), out var there)
            && there is long old
        )
            _ids[(table.Name, old)] = here;
    }
}
