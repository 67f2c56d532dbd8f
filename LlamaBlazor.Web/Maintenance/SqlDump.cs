using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>
/// Writes a database as SQL statements that make it anew in an empty file. Reads one state, also of a live database. The index of the log
/// is left out: it is
/// made again from the lines.
/// </summary>
internal static class SqlDump
{
    private const int Stride = 1000;

    /// <summary>Writes the statements to a new file, which is removed again when that fails or is given up.</summary>
    public static void WriteFile(string database, string path, IProgress<WorkStep>? progress, CancellationToken cancellation)
    {
        using var writer = new StreamWriter(PrivateFile.Open(path, FileMode.CreateNew));
        try
        {
            Write(database, writer, progress, cancellation);
            writer.Flush();
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Writes the statements.</summary>
    public static void Write(string database, TextWriter writer, IProgress<WorkStep>? progress, CancellationToken cancellation)
    {
        using var connection = SqliteSetup.Open(database);
        using var transaction = connection.BeginTransaction(deferred: true);
        var tables = SqliteRead.Tables(connection);
        var total = Math.Max(
            1,
            tables.Sum(table => Convert.ToInt64(SqliteSetup.Scalar(connection, $"SELECT count(*) FROM {SqliteRead.Quote(table)}")))
        );
        var done = 0L;
        writer.WriteLine("PRAGMA foreign_keys=OFF;\nBEGIN;");
        foreach (var table in tables)
        {
            writer.WriteLine(
                SqliteRead.Column(
                    connection,
                    $"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table.Replace("'", "''", StringComparison.Ordinal)}'"
                )[0] + ";"
            );
            foreach (var row in SqliteRead.Rows(connection, table))
            {
                cancellation.ThrowIfCancellationRequested();
                writer.WriteLine(
                    $"INSERT INTO {SqliteRead.Quote(table)} ({string.Join(",", row.Keys.Select(SqliteRead.Quote))}) VALUES "
                        + $"({string.Join(",", row.Values.Select(Literal))});"
                );
                if (++done % Stride == 0)
                    progress?.Report(new WorkStep($"Writing {table}", (double)done / total));
            }
        }

        foreach (
            var sql in SqliteRead.Column(
                connection,
                "SELECT sql FROM sqlite_master WHERE type IN ('index', 'view', 'trigger') AND sql IS NOT NULL AND name NOT LIKE "
                    + "'logs\\_fts%' ESCAPE '\\' ORDER BY type = 'view'"
            )
        )
            writer.WriteLine(sql + ";");
        writer.WriteLine("COMMIT;");
    }

    private static string Literal(object? value) =>
        value switch
        {
            null => "NULL",
            long number => number.ToString(CultureInfo.InvariantCulture),
            double number when double.IsFinite(number) => number.ToString(
                number % 1 == 0 && Math.Abs(number) < 1e15 ? "0.0" : "R",
                CultureInfo.InvariantCulture
            ), // 1.0 and not 1, which would be an integer
            double number => double.IsNaN(number) ? "NULL"
            : number > 0 ? "9e999"
            : "-9e999",
            byte[] bytes => $"X'{Convert.ToHexString(bytes)}'",
            _ => Text(value.ToString()!),
        };

    // Text with a zero character in it cannot stand between quotes.
    private static string Text(string text) =>
        text.Contains('\0', StringComparison.Ordinal)
            ? $"CAST(X'{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text))}' AS TEXT)"
            : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
