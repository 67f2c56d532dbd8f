using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Telemetry.Storage;

/// <summary>Reads stored metrics, off the caller's thread: SQLite's async calls are synchronous.</summary>
internal sealed class MetricsReader(IDbContextFactory<LlamaDbContext> contexts)
{
    private static readonly string SeriesText =
        $"SELECT timestamp / $step * $step, {string.Join(", ", MetricField.All.Select(Aggregated))} "
        + "FROM metrics WHERE timestamp >= $from GROUP BY timestamp / $step ORDER BY 1";

    /// <summary>The raw samples of the last ten minutes, oldest first.</summary>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<IReadOnlyList<Sample>> RecentAsync(long now, CancellationToken cancellation = default) =>
        contexts.ReadAsync<IReadOnlyList<Sample>>(
            async context =>
            {
                var rows = await context
                    .Set<MetricsHistoryRow>()
                    .Where(row => row.Timestamp >= now - MetricWindow.LengthMs && row.Timestamp <= now)
                    .OrderByDescending(row => row.Timestamp)
                    .Take(MetricWindow.Bound)
                    .ToListAsync(cancellation)
                    .ConfigureAwait(false);
                rows.Reverse();
                return [.. rows.Select(MetricsRows.ToSample)];
            },
            cancellation
        );

    /// <summary>The stored minutes from a moment on, one sample a step, oldest first; reduced by the database.</summary>
    /// <param name="from">Unix milliseconds.</param>
    /// <param name="stepMs">Length of a step, milliseconds.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<IReadOnlyList<Sample>> SeriesAsync(long from, long stepMs, CancellationToken cancellation = default) =>
        contexts.ReadAsync<IReadOnlyList<Sample>>(
            async context =>
            {
                await context.Database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
                using var command = ((SqliteConnection)context.Database.GetDbConnection()).CreateCommand();
                command.CommandText = SeriesText;
                command.Parameters.AddWithValue("$from", from);
                command.Parameters.AddWithValue("$step", stepMs);
                using var rows = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
                var steps = new List<Sample>();
                while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
                    steps.Add(MetricField.Compose(rows.GetInt64(0), field => Value(rows, field)));
                return steps;
            },
            cancellation
        );

    private static double? Value(SqliteDataReader rows, MetricField field)
    {
        var column = rows.GetOrdinal(field.Name);
        return rows.IsDBNull(column) ? null : rows.GetDouble(column);
    }

    // Names of fields are constants of the program. The highest of a value that only grows is the last.
    private static string Aggregated(MetricField field) =>
        $"{(field.Aggregate == MetricAggregate.Mean ? "AVG" : "MAX")}({field.Name}) AS {field.Name}";
}
