using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Small writes outside EF Core, for rows whose columns are known only when they are read. Values are parameters, names are
/// quoted.</summary>
internal static class SqliteWrite
{
    /// <summary>Inserts a row and returns its rowid.</summary>
    public static long Insert(
        SqliteConnection connection,
        SqliteTransaction transaction,
        string table,
        IReadOnlyDictionary<string, object?> row
    )
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        var columns = row.Keys.ToList();
        command.CommandText =
            $"INSERT INTO {SqliteRead.Quote(table)} ({string.Join(", ", columns.Select(SqliteRead.Quote))}) VALUES "
            + $"({string.Join(", ", columns.Select((_, index) => $"$p{index}"))}); SELECT last_insert_rowid();";
        for (var i = 0; i < columns.Count; i++)
            command.Parameters.AddWithValue($"$p{i}", row[columns[i]] ?? DBNull.Value);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>The first value of a query with one parameter, <c>$value</c>.</summary>
    public static object? Scalar(SqliteConnection connection, SqliteTransaction transaction, string sql, object? value)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.Parameters.AddWithValue("$value", value ?? DBNull.Value);
        return command.ExecuteScalar();
    }
}
