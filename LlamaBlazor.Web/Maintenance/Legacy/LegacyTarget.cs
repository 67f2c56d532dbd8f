using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Models.Library;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>The live database during an import: one transaction, a savepoint a row, and a place for what does not fit.</summary>
internal sealed class LegacyTarget(
    SqliteConnection live,
    SqliteTransaction transaction,
    LegacyReport report,
    LegacyLeftovers leftovers,
    InstanceStore ledger,
    long now
)
{
    private readonly Dictionary<string, HashSet<string>> _columns = [];
    private ModelNames? _names;

    /// <summary>Unix milliseconds of the import.</summary>
    public long Now => now;

    /// <summary>An id for a row of an instance: those that run meanwhile take theirs from the same place.</summary>
    public long NextInstanceId() => ledger.NextId();

    /// <summary>What is being done.</summary>
    public LegacyReport Report => report;

    /// <summary>Statistics of days that were summed up before these requests came, by day and model.</summary>
    public LegacyDays Days { get; } = new(live, transaction);

    /// <summary>Whose each name is.</summary>
    public ModelNames Names => _names ??= ModelNames.Read(live);

    /// <summary>Reads the names anew, after one went.</summary>
    public void Forget() => _names = null;

    /// <summary>Columns of a table of ours.</summary>
    public IReadOnlySet<string> Columns(string table)
    {
        if (!_columns.TryGetValue(table, out var columns))
            _columns[table] = columns = SqliteRead.Columns(live, table).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return columns;
    }

    /// <summary>The first value of a query with one parameter, <c>$value</c>.</summary>
    public object? Find(string sql, object? value) =>
        SqliteWrite.Scalar(live, transaction, sql, value) is var found and not DBNull ? found : null;

    /// <summary>How many rows have these values.</summary>
    public long Count(string table, IReadOnlyList<string> key, IReadOnlyDictionary<string, object?> row) =>
        (long)Ask("count(*)", table, key, row)!;

    /// <summary>The rowid of a row with these values, or null.</summary>
    public long? IdOf(string table, IReadOnlyList<string> key, IReadOnlyDictionary<string, object?> row) =>
        Ask("min(rowid)", table, key, row) as long?;

    /// <summary>Told of each row that came, for what is kept beside it.</summary>
    public void Inserted(string table, IReadOnlyDictionary<string, object?> row)
    {
        if (table == "stats")
            Days.Add(row);
    }

    /// <summary>Inserts a row; when a rule of the table forbids it, keeps the source row aside and returns null.</summary>
    public long? TryInsert(string table, IReadOnlyDictionary<string, object?> row, IReadOnlyDictionary<string, object?> source)
    {
        var id = TryInsert(table, row);
        if (id.Failure is { } failure)
            KeepAside(table, source, failure.Message);
        return id.IsSuccess ? id.Value : null;
    }

    /// <summary>Inserts a row; a failure with the reason when a rule of the table forbids it.</summary>
    public Result<long> TryInsert(string table, IReadOnlyDictionary<string, object?> row)
    {
        transaction.Save("row");
        try
        {
            return SqliteWrite.Insert(live, transaction, table, row);
        }
        // a rule, a wrong type, a value that SQLite cannot hold
        catch (Exception error) when (error is SqliteException { SqliteErrorCode: 19 or 20 } or InvalidOperationException)
        {
            transaction.Rollback("row");
            return Failure.Conflict(error.Message);
        }
    }

    /// <summary>Sets columns of a row that are unset; those that have another value, which stays, are returned.</summary>
    public Dictionary<string, object?> FillUnset(
        string table,
        string where,
        object key,
        IReadOnlyDictionary<string, object?> values,
        Func<object?, object?, bool> same
    )
    {
        var others = new Dictionary<string, object?>();
        foreach (var (column, value) in values.Where(pair => pair.Value is not null))
        {
            var here = Find($"SELECT {SqliteRead.Quote(column)} FROM {SqliteRead.Quote(table)} WHERE {where} = $value", key);
            if (here is not null)
            {
                if (!same(here, value))
                    others[column] = value;
                continue;
            }

            using var command = live.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"UPDATE {SqliteRead.Quote(table)} SET {SqliteRead.Quote(column)} = $value WHERE {where} = $key";
            command.Parameters.AddWithValue("$value", value);
            command.Parameters.AddWithValue("$key", key);
            command.ExecuteNonQuery();
        }

        return others;
    }

    /// <summary>Keeps a row aside, or what is left of it.</summary>
    public void KeepAside(string table, IReadOnlyDictionary<string, object?> row, string reason)
    {
        var protectedRow = leftovers.Add(table, row, reason);
        report.KeptAside(table, reason, protectedRow);
    }

    private object? Ask(string what, string table, IReadOnlyList<string> key, IReadOnlyDictionary<string, object?> row)
    {
        using var command = live.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            $"SELECT {what} FROM {SqliteRead.Quote(table)} WHERE "
            + $"{string.Join(" AND ", key.Select((column, index) => $"{SqliteRead.Quote(column)} IS $p{index}"))}";
        for (var i = 0; i < key.Count; i++)
            command.Parameters.AddWithValue($"$p{i}", row.GetValueOrDefault(key[i]) ?? DBNull.Value);
        return command.ExecuteScalar();
    }
}
