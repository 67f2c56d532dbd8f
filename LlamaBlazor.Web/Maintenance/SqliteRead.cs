using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Small reads outside EF Core, for files whose schema is not ours or not known.</summary>
internal static class SqliteRead
{
    /// <summary>The first column of each row, as text.</summary>
    public static IReadOnlyList<string> Column(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
            values.Add(reader.GetValue(0).ToString() ?? "");
        return values;
    }

    /// <summary>Each row of a table by column name; NULL is null. Generated columns are left out: they are computed, and hold
    /// nothing.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="table">Name of the table, read from its own schema.</param>
    public static IEnumerable<Dictionary<string, object?>> Rows(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        var stored = Column(connection, $"SELECT name FROM pragma_table_xinfo({Text(table)}) WHERE hidden NOT IN (2, 3)");
        command.CommandText = $"SELECT {string.Join(", ", stored.Select(Quote))} FROM {Quote(table)}";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new Dictionary<string, object?>(reader.FieldCount, StringComparer.OrdinalIgnoreCase);
            for (var i = 0; i < reader.FieldCount; i++)
                row[reader.GetName(i)] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            yield return row;
        }
    }

    /// <summary>Names of the tables that hold rows of their own: not indexes for text (virtual tables) and what those keep beside
    /// them.</summary>
    public static IReadOnlyList<string> Tables(SqliteConnection connection) =>
        Column(
            connection,
            "SELECT name FROM sqlite_master t WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND NOT EXISTS (SELECT 1 FROM "
                + "sqlite_master v WHERE v.sql LIKE 'CREATE VIRTUAL TABLE%' AND (v.name = t.name OR substr(t.name, 1, length(v.name) "
                + "+ 1) = v.name || '_')) ORDER BY name"
        );

    /// <summary>Names of the columns of a table; empty when there is none.</summary>
    public static IReadOnlyList<string> Columns(SqliteConnection connection, string table) =>
        Column(connection, $"SELECT name FROM pragma_table_info({Text(table)})");

    /// <summary>A name, quoted.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
