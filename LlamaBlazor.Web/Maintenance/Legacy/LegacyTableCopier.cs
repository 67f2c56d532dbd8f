using LlamaBlazor.Domain.Maintenance;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>Takes over every table but the models': what both have, row by row; columns that have no place here are kept aside with their row.</summary>
internal static class LegacyTableCopier
{
    private const long Minute = 60_000;
    private static readonly string[] Metrics = ["metrics", "metrics_history"];

    /// <summary>Tables that are taken over elsewhere, or hold nothing but the old program's own state.</summary>
    private static readonly HashSet<string> Handled = new(StringComparer.Ordinal)
    {
        "models", "model_sampling_config", "model_memory_config", "model_gpu_config", "model_advanced_config", "model_lora_config", "model_multimodal_config",
        "model_fit_params", "model_server_config", "metrics", "metrics_history", "server_config", "schema_version",
    };

    /// <summary>Copies all tables of the old file.</summary>
    public static void Copy(LegacySource old, LegacyTarget target)
    {
        var tables = old.Tables.ToHashSet(StringComparer.Ordinal);
        var imageIds = new Dictionary<long, long>(); // image ids there and here
        foreach (var table in LegacyTable.All.Where(table => tables.Contains(table.Name)))
            CopyTable(old, table, target, imageIds);
        foreach (var metrics in Metrics.Where(tables.Contains))
            CopyMetrics(old, metrics, target);
        foreach (var unknown in tables.Where(table => !Handled.Contains(table) && LegacyTable.All.All(known => known.Name != table)).Order(StringComparer.Ordinal))
        {
            foreach (var row in old.Rows(unknown))
            {
                target.Report.Table(unknown).Read++;
                target.KeepAside(unknown, row, "There is no such table here");
            }
        }
    }

    private static void CopyTable(LegacySource old, LegacyTable table, LegacyTarget target, Dictionary<long, long> imageIds)
    {
        var columns = target.Columns(table.Name);
        var outcome = target.Report.Table(table.Name);
        var rows = old.Rows(table.Name).Select(source => (Source: source, Row: table.Convert(source, target.Now)));
        var below = 0L; // lines of a log get rows before those that are here, so that the order of rows is the order of time
        if (table.Name == "logs")
        {
            rows = rows.OrderByDescending(pair => pair.Row["timestamp"] as long? ?? 0);
            below = Math.Min(0, target.Find("SELECT min(id) FROM logs WHERE id < $value", long.MaxValue) as long? ?? 0);
        }

        foreach (var (source, row) in rows)
        {
            outcome.Read++;
            if (table.Name == "image_versions")
                row["image_id"] = imageIds.TryGetValue(Convert.ToInt64(row["image_id"]), out var image) ? image : null;
            var foreign = row.Where(pair => !columns.Contains(pair.Key) && pair.Value is not null).ToDictionary();
            foreach (var column in row.Keys.Where(column => !columns.Contains(column)).ToList())
                row.Remove(column);
            if (table.Name == "logs")
                row["id"] = --below;
            var id = Insert(table, row, source, target, outcome);
            if (table.Name == "ngc_images" && id is { } here)
                imageIds[Convert.ToInt64(source["id"])] = here;
            if (foreign.Count > 0)
                target.KeepAside(table.Name, source, $"No place for {string.Join(", ", foreign.Keys.Order(StringComparer.Ordinal))}");
        }
    }

    private static long? Insert(LegacyTable table, Dictionary<string, object?> row, Dictionary<string, object?> source, LegacyTarget target, TableOutcome outcome)
    {
        if (target.Has(table.Name, table.Key, row))
        {
            outcome.AlreadyHere++;
            return table.Name == "ngc_images" ? (long?)target.Find("SELECT id FROM ngc_images WHERE organization || '/' || team || '/' || name = $value", $"{row["organization"]}/{row["team"]}/{row["name"]}") : null;
        }

        var id = target.TryInsert(table.Name, row, source);
        if (id is not null)
            outcome.Imported++;
        return id;
    }

    // Raw samples of another time become the minutes of the long charts.
    private static void CopyMetrics(LegacySource old, string name, LegacyTarget target)
    {
        var outcome = target.Report.Table(name);
        var columns = target.Columns("metrics");
        var rows = old.Rows(name).ToList();
        outcome.Read += rows.Count;
        foreach (var unplaced in rows.Where(row => LegacyValues.Time(row.GetValueOrDefault("timestamp")) is null))
            target.KeepAside(name, unplaced, "No readable time");
        foreach (var minute in rows.Where(row => LegacyValues.Time(row.GetValueOrDefault("timestamp")) is not null).GroupBy(row => LegacyValues.Time(row["timestamp"])!.Value / Minute * Minute))
        {
            var mean = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["requests_per_minute"] = 0.0, ["cpu_usage"] = 0.0, ["memory_usage"] = 0.0, ["disk_usage"] = 0.0, ["uptime"] = 0.0 };
            foreach (var column in minute.SelectMany(row => row.Keys).Distinct().Where(column => columns.Contains(column) && column is not ("id" or "timestamp")))
            {
                var numbers = minute.Select(row => row.GetValueOrDefault(column)).OfType<IConvertible>().Where(value => value is long or double).Select(value => value.ToDouble(null)).ToList();
                if (numbers.Count > 0)
                    mean[column] = numbers.Average();
            }

            mean["timestamp"] = minute.Key;
            mean["active_models"] = Convert.ToInt64(Math.Round(Convert.ToDouble(mean.GetValueOrDefault("active_models") ?? 0.0)));
            if (target.Has("metrics", ["timestamp"], mean))
                outcome.AlreadyHere += minute.Count();
            else if (target.TryInsert("metrics", mean, mean) is not null)
                outcome.Imported += minute.Count();
        }
    }
}
