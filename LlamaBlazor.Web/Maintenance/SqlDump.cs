using System.Globalization;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Writes a database as SQL statements that make it anew in an empty file. Reads one state, also of a live database.</summary>
internal static class SqlDump
{
    /// <summary>Writes the statements.</summary>
    public static void Write(string database, TextWriter writer, CancellationToken cancellation)
    {
        using var connection = SqliteSetup.Open(database);
        using var transaction = connection.BeginTransaction(deferred: true);
        writer.WriteLine("PRAGMA foreign_keys=OFF;\nBEGIN;");
        foreach (var table in SqliteRead.Tables(connection))
        {
            writer.WriteLine(SqliteRead.Column(connection, $"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table.Replace("'", "''", StringComparison.Ordinal)}'")[0] + ";");
            foreach (var row in SqliteRead.Rows(connection, table))
            {
                cancellation.ThrowIfCancellationRequested();
                writer.WriteLine($"INSERT INTO {SqliteRead.Quote(table)} ({string.Join(",", row.Keys.Select(SqliteRead.Quote))}) VALUES ({string.Join(",", row.Values.Select(Literal))});");
            }
        }

        foreach (var sql in SqliteRead.Column(connection, "SELECT sql FROM sqlite_master WHERE type IN ('index', 'view', 'trigger') AND sql IS NOT NULL ORDER BY type = 'view'"))
            writer.WriteLine(sql + ";");
        writer.WriteLine("COMMIT;");
    }

    private static string Literal(object? value) => value switch
    {
        null => "NULL",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        byte[] bytes => $"X'{Convert.ToHexString(bytes)}'",
        _ => $"'{value.ToString()!.Replace("'", "''", StringComparison.Ordinal)}'",
    };
}
