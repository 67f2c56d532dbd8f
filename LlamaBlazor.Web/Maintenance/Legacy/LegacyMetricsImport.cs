using LlamaBlazor.Domain.Maintenance;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>Raw samples of another time become the minutes of the long charts.</summary>
internal sealed class LegacyMetricsImport(LegacyTarget target)
{
    private const long Minute = 60_000;

    /// <summary>More MiB than any GPU has: a number above it is bytes (acceptance C1.12).</summary>
    private const double LargestMb = 1e7;

    private static readonly string[] Tables = ["metrics", "metrics_history"];
    private static readonly string[] Gpu = ["gpu_usage", "gpu_temperature", "gpu_memory_used", "gpu_memory_total", "gpu_power_usage"];
    private static readonly string[] Needed = ["requests_per_minute", "cpu_usage", "memory_usage", "disk_usage", "uptime", "active_models"];

    /// <summary>Takes the samples of both tables.</summary>
    public void Import(LegacyFile old)
    {
        foreach (var table in Tables.Where(old.Tables.Contains))
        {
            var rows = old.Rows(table).Select(row => (Row: row, Time: LegacyValues.Time(row.GetValueOrDefault("timestamp")))).ToList();
            target.Report.Table(table).Read += rows.Count;
            foreach (var (row, _) in rows.Where(sample => sample.Time is null))
                target.KeepAside(table, row, "No readable time");
            foreach (var minute in rows.Where(sample => sample.Time is not null).GroupBy(sample => sample.Time!.Value / Minute * Minute))
                Import(table, minute.Key, [.. minute.Select(sample => sample.Row)]);
        }
    }

    private void Import(string table, long time, List<Dictionary<string, object?>> rows)
    {
        var outcome = target.Report.Table(table);
        var mean = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["timestamp"] = time };
        var columns = target.Columns("metrics");
        foreach (
            var column in rows.SelectMany(row => row.Keys)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Where(column => columns.Contains(column) && column is not ("id" or "timestamp"))
        )
            mean[column] = Mean(rows, column);
        if (rows.TrueForAll(row => Gpu.All(column => LegacyValues.Same(row.GetValueOrDefault(column) ?? 0L, 0L))))
            Gpu.ToList().ForEach(column => mean.Remove(column)); // no GPU, rather than one without memory (acceptance C0.15)
        foreach (var column in Needed)
            mean[column] = mean.GetValueOrDefault(column) ?? 0.0;
        mean["active_models"] = (long)Math.Round((double)mean["active_models"]!);
        KeepOdd(table, rows, columns);
        if (target.Count("metrics", ["timestamp"], mean) > 0)
            outcome.AlreadyHere += rows.Count;
        else if (target.TryInsert("metrics", mean, rows[0]) is not null)
            outcome.Imported += rows.Count;
    }

    private static double? Mean(List<Dictionary<string, object?>> rows, string column)
    {
        var numbers = rows.Select(row => Number(row.GetValueOrDefault(column)))
            .OfType<double>()
            .Select(number => column is "gpu_memory_used" or "gpu_memory_total" && number > LargestMb ? number / 1048576 : number)
            .ToList();
        return numbers.Count == 0 ? null : numbers.Average();
    }

    private static double? Number(object? value) => LegacyValues.TryConvert(value, typeof(double), out var number) ? (double?)number : null;

    // Cells that are in no mean.
    private void KeepOdd(string table, List<Dictionary<string, object?>> rows, IReadOnlySet<string> columns)
    {
        foreach (var row in rows)
        {
            var odd = row.Where(pair =>
                    pair.Value is not null
                    && pair.Key is not ("id" or "timestamp" or "created_at")
                    && (!columns.Contains(pair.Key) || Number(pair.Value) is null)
                )
                .ToDictionary();
            if (odd.Count == 0)
                continue;
            var names = string.Join(", ", odd.Keys.Order(StringComparer.Ordinal));
            odd["timestamp"] = row["timestamp"];
            target.KeepAside(table, odd, $"No place for {names}");
        }
    }
}
