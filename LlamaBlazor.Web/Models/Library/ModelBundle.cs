using System.Data.Common;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>
/// Models with everything the database holds of them: each row that goes with them, and each row that only forgets them. Read from the
/// schema, so that a
/// table which comes later is not forgotten.
/// </summary>
internal sealed class ModelBundle
{
    private readonly List<(string Table, string[] Columns, List<object?[]> Rows)> _rows = [];
    private readonly List<(string Table, string Column, List<(long Row, long Model)> Links)> _links = [];

    /// <summary>Reads models; inside the transaction that deletes them.</summary>
    public static async Task<ModelBundle> ReadAsync(LlamaDbContext context, IReadOnlyCollection<long> ids, CancellationToken cancellation)
    {
        var bundle = new ModelBundle();
        await bundle.TakeAsync(context, "models", "id", ids, cancellation).ConfigureAwait(false);
        var references = await QueryAsync(
                context,
                """
                SELECT t.name, k."from", k.on_delete FROM sqlite_master t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table' AND k."table" = 'models' ORDER BY t.name
                """,
                cancellation
            )
            .ConfigureAwait(false);
        foreach (var reference in references.Rows)
        {
            var (table, column) = ((string)reference[0]!, (string)reference[1]!);
            if (reference[2] is "CASCADE")
                await bundle.TakeAsync(context, table, column, ids, cancellation).ConfigureAwait(false);
            else
                await bundle.LinkAsync(context, table, column, ids, cancellation).ConfigureAwait(false);
        }

        return bundle;
    }

    /// <summary>Puts everything back with its ids; inside a transaction.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">A name or an id has another owner by now.</exception>
    public async Task WriteAsync(LlamaDbContext context, CancellationToken cancellation)
    {
        foreach (var (table, columns, rows) in _rows)
        {
            var sql =
                $"INSERT INTO {Quote(table)} ({string.Join(", ", columns.Select(Quote))}) VALUES "
                + $"({string.Join(", ", columns.Select((_, i) => $"$p{i}"))})";
            foreach (var row in rows)
                await ExecuteAsync(context, sql, row, cancellation).ConfigureAwait(false);
        }

        foreach (var (table, column, links) in _links)
        {
            foreach (var (row, model) in links)
                await ExecuteAsync(
                        context,
                        $"UPDATE {Quote(table)} SET {Quote(column)} = $p0 WHERE rowid = $p1 AND {Quote(column)} IS NULL",
                        [model, row],
                        cancellation
                    )
                    .ConfigureAwait(false);
        }
    }

    private async Task TakeAsync(
        LlamaDbContext context,
        string table,
        string column,
        IReadOnlyCollection<long> ids,
        CancellationToken cancellation
    )
    {
        var (columns, rows) = await QueryAsync(
                context,
                $"SELECT * FROM {Quote(table)} WHERE {Quote(column)} IN ({List(ids)})",
                cancellation
            )
            .ConfigureAwait(false);
        _rows.Add((table, columns, rows));
    }

    private async Task LinkAsync(
        LlamaDbContext context,
        string table,
        string column,
        IReadOnlyCollection<long> ids,
        CancellationToken cancellation
    )
    {
        var (_, rows) = await QueryAsync(
                context,
                $"SELECT rowid, {Quote(column)} FROM {Quote(table)} WHERE {Quote(column)} IN ({List(ids)})",
                cancellation
            )
            .ConfigureAwait(false);
        _links.Add((table, column, rows.ConvertAll(row => ((long)row[0]!, (long)row[1]!))));
    }

    private static string List(IReadOnlyCollection<long> ids) => string.Join(',', ids); // numbers: nothing to quote

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task<(string[] Columns, List<object?[]> Rows)> QueryAsync(
        LlamaDbContext context,
        string sql,
        CancellationToken cancellation
    )
    {
        var command = Command(context, sql);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
                var rows = new List<object?[]>();
                while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
                    rows.Add([.. Enumerable.Range(0, columns.Length).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
                return (columns, rows);
            }
        }
    }

    private static async Task ExecuteAsync(LlamaDbContext context, string sql, object?[] values, CancellationToken cancellation)
    {
        var command = Command(context, sql);
        await using (command.ConfigureAwait(false))
        {
            for (var i = 0; i < values.Length; i++)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = ($"$p{i}", values[i] ?? DBNull.Value);
                command.Parameters.Add(parameter);
            }

            await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static DbCommand Command(LlamaDbContext context, string sql)
    {
        var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
        return command;
    }
}
