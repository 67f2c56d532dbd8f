using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>The live database during an import: one transaction, a savepoint a row, and a place for what does not fit.</summary>
internal sealed class LegacyTarget(SqliteConnection live, SqliteTransaction transaction, LegacyReport report, LegacyLeftovers leftovers, long now)
{
    private readonly Dictionary<string, HashSet<string>> _columns = [];

    /// <summary>Unix milliseconds of the import.</summary>
    public long Now => now;

    /// <summary>What is being done.</summary>
    public LegacyReport Report => report;

    /// <summary>Columns of a table of ours.</summary>
    public IReadOnlySet<string> Columns(string table)
    {
        if (!_columns.TryGetValue(table, out var columns))
            _columns[table] = columns = SqliteRead.Columns(live, table).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return columns;
    }

    /// <summary>The first value of a query with one parameter, <c>$value</c>.</summary>
    public object? Find(string sql, object? value) => SqliteWrite.Scalar(live, transaction, sql, value);

    /// <summary>Whether a row with these values is there.</summary>
    public bool Has(string table, IReadOnlyList<string> key, IReadOnlyDictionary<string, object?> row)
    {
        using var command = live.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT 1 FROM {SqliteRead.Quote(table)} WHERE {string.Join(" AND ", key.Select((column, index) => $"{SqliteRead.Quote(column)} IS $p{index}"))} LIMIT 1";
        for (var i = 0; i < key.Count; i++)
            command.Parameters.AddWithValue($"$p{i}", row.GetValueOrDefault(key[i]) ?? DBNull.Value);
        return command.ExecuteScalar() is not null;
    }

    /// <summary>Inserts a row; when a rule of the table forbids it, keeps the source row aside and returns null.</summary>
    public long? TryInsert(string table, IReadOnlyDictionary<string, object?> row, IReadOnlyDictionary<string, object?> source)
    {
        transaction.Save("row");
        try
        {
            return SqliteWrite.Insert(live, transaction, table, row);
        }
        catch (SqliteException error) when (error.SqliteErrorCode == 19)
        {
            transaction.Rollback("row");
            KeepAside(table, source, error.Message);
            return null;
        }
    }

    /// <summary>Sets columns of a row that are unset.</summary>
    public void FillUnset(string table, string where, object key, IReadOnlyDictionary<string, object?> values)
    {
        foreach (var (column, value) in values.Where(pair => pair.Value is not null))
        {
            using var command = live.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"UPDATE {SqliteRead.Quote(table)} SET {SqliteRead.Quote(column)} = $value WHERE {where} = $key AND {SqliteRead.Quote(column)} IS NULL";
            command.Parameters.AddWithValue("$value", value);
            command.Parameters.AddWithValue("$key", key);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Keeps a row aside, or what is left of it.</summary>
    public void KeepAside(string table, IReadOnlyDictionary<string, object?> row, string reason)
    {
        report.Table(table).KeptAside++;
        report.KeptAsideReasons[$"{table}: {reason}"] = report.KeptAsideReasons.GetValueOrDefault($"{table}: {reason}") + 1;
        leftovers.Add(table, row, reason);
    }
}
