using LlamaBlazor.Domain.Maintenance;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Counts what retention would remove now.</summary>
internal static class RetentionDue
{
    private const long DayMs = 86_400_000;

    /// <summary>Rows by table that are too old or too many. Names are our own constants.</summary>
    public static Dictionary<string, long> Count(
        SqliteConnection connection,
        SqliteTransaction transaction,
        IReadOnlyList<RetentionRule> rules,
        long now
    ) =>
        rules.ToDictionary(
            rule => rule.Table,
            rule =>
            {
                var rows = $"FROM {rule.Table} WHERE {rule.Condition ?? "1"}";
                var old = rule.Days is { } days
                    ? Number($"SELECT count(*) {rows} AND {rule.TimeColumn} < $value", now - (days * DayMs))
                    : 0;
                var many = rule.Rows is { } limit ? Number($"SELECT max(0, count(*) - $value) {rows}", limit) : 0;
                return Math.Max(old, many);

                long Number(string sql, long value) => Convert.ToInt64(SqliteWrite.Scalar(connection, transaction, sql, value));
            }
        );
}
