using LlamaBlazor.Domain.Common;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance.Legacy;

/// <summary>The old database while it is read: tells how far that is, and stops when the import is given up.</summary>
internal sealed class LegacyFile
{
    private const int Stride = 200;

    private readonly SqliteConnection _connection;
    private readonly IProgress<WorkStep>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly long _total;
    private long _read;

    /// <summary>Looks at the tables.</summary>
    public LegacyFile(SqliteConnection connection, IProgress<WorkStep>? progress, CancellationToken cancellation)
    {
        (_connection, _progress, _cancellation) = (connection, progress, cancellation);
        Tables = SqliteRead.Tables(connection);
        _total = Math.Max(
            1,
            Tables.Sum(table =>
                long.Parse(
                    SqliteRead.Column(connection, $"SELECT count(*) FROM {SqliteRead.Quote(table)}")[0],
                    System.Globalization.CultureInfo.InvariantCulture
                )
            )
        );
    }

    /// <summary>Names of its tables.</summary>
    public IReadOnlyList<string> Tables { get; }

    /// <summary>Each row of a table.</summary>
    public IEnumerable<Dictionary<string, object?>> Rows(string table)
    {
        foreach (var row in SqliteRead.Rows(_connection, table))
        {
            _cancellation.ThrowIfCancellationRequested();
            if (++_read % Stride == 0)
                _progress?.Report(new WorkStep($"Reading {table}", Math.Min(1, (double)_read / _total)));
            yield return row;
        }
    }
}
