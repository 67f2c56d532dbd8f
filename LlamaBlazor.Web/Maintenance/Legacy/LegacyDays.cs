using LlamaBlazor.Domain.Statistics;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>
/// Adds imported requests to <c>stats_daily</c> for days that were summed up before they came: retention removes the requests themselves,
/// soon, and nothing
/// would be left of them. Later days are summed up from the requests as always.
/// </summary>
internal sealed class LegacyDays(SqliteConnection live, SqliteTransaction transaction)
{
    private readonly Dictionary<(string Day, string Model), Sums> _sums = []; // one a day and model of the file

    /// <summary>Counts a request that came.</summary>
    public void Add(IReadOnlyDictionary<string, object?> row)
    {
        var key = (StatsSummary.DayOf((long)row["created_at"]!), row["model_name"]!.ToString()!);
        if (!_sums.TryGetValue(key, out var sums))
            _sums[key] = sums = new Sums();
        sums.Requests++;
        sums.Failures += row.GetValueOrDefault("error") is null ? 0 : 1;
        sums.Hits += row.GetValueOrDefault("cache_hit") is 1L ? 1 : 0;
        sums.Prompt += row.GetValueOrDefault("prompt_tokens") as long? ?? 0;
        sums.Generated += row.GetValueOrDefault("generated_tokens") as long? ?? 0;
        sums.Time += Number(row.GetValueOrDefault("total_time_ms")) ?? 0;
        if (Number(row.GetValueOrDefault("tokens_per_second")) is { } speed)
            (sums.Speed, sums.Speeds) = (sums.Speed + speed, sums.Speeds + 1);
    }

    /// <summary>Writes the sums of the days that count as done.</summary>
    public void Write()
    {
        if (SqliteWrite.Scalar(live, transaction, "SELECT max(day) FROM stats_daily WHERE 1 = $value", 1) is not string newest)
            return;
        foreach (var ((day, model), sums) in _sums.Where(pair => string.CompareOrdinal(pair.Key.Day, newest) <= 0))
        {
            using var command = live.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = """
                INSERT INTO stats_daily (day, model_name, requests, failures, cache_hits, prompt_tokens, generated_tokens, total_time_ms, tokens_per_second)
                VALUES ($day, $model, $requests, $failures, $hits, $prompt, $generated, $time, $speed)
                ON CONFLICT (day, model_name) DO UPDATE SET
                  tokens_per_second = CASE WHEN tokens_per_second IS NULL THEN excluded.tokens_per_second WHEN excluded.tokens_per_second IS NULL THEN tokens_per_second
                    ELSE (tokens_per_second * requests + excluded.tokens_per_second * excluded.requests) / (requests + excluded.requests) END,
                  requests = requests + excluded.requests, failures = failures + excluded.failures, cache_hits = cache_hits + excluded.cache_hits,
                  prompt_tokens = prompt_tokens + excluded.prompt_tokens, generated_tokens = generated_tokens + excluded.generated_tokens,
                  total_time_ms = total_time_ms + excluded.total_time_ms
                """;
            foreach (
                var (name, value) in new (string, object)[]
                {
                    ("$day", day),
                    ("$model", model),
                    ("$requests", sums.Requests),
                    ("$failures", sums.Failures),
                    ("$hits", sums.Hits),
                    ("$prompt", sums.Prompt),
                    ("$generated", sums.Generated),
                    ("$time", sums.Time),
                    ("$speed", sums.Speeds == 0 ? DBNull.Value : sums.Speed / sums.Speeds),
                }
            )
                command.Parameters.AddWithValue(name, value);
            command.ExecuteNonQuery();
        }
    }

    private static double? Number(object? value) =>
        value switch
        {
            double number => number,
            long number => number,
            _ => null,
        };

    private sealed class Sums
    {
        public long Requests { get; set; }

        public long Failures { get; set; }

        public long Hits { get; set; }

        public long Prompt { get; set; }

        public long Generated { get; set; }

        public double Time { get; set; }

        public double Speed { get; set; }

        public int Speeds { get; set; }
    }
}
