using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>What a file of SQL statements may cost: time, rows, pages and memory. A few bytes can ask for endless work (WITH
/// RECURSIVE).</summary>
internal sealed class SqlLoadLimits : IDisposable
{
    private const int Instructions = 20_000; // of SQLite's machine between two looks: some milliseconds at most
    private const long LeastRows = 1_000_000;
    private const long LeastBytes = 256 << 20;
    private const int BytesOfText = 16; // bytes of a database to a byte of its text, with indexes, at most
    private const long LeastRoom = 64 << 20;
    private const int LongestValue = 256 << 20;
    private const int LimitLength = 0; // SQLITE_LIMIT_LENGTH

    private readonly SqliteConnection _connection;
    private readonly delegate_progress _look;
    private readonly TimeSpan _statement;
    private readonly TimeProvider _clock;
    private readonly CancellationToken _cancellation;
    private readonly long _most;
    private long _rows;
    private long _begun;

    /// <summary>Sets the limits of a connection.</summary>
    /// <param name="connection">Where the statements run.</param>
    /// <param name="length">Bytes of their text.</param>
    /// <param name="statement">Longest time of one.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="cancellation">Ends the one that runs.</param>
    public SqlLoadLimits(SqliteConnection connection, long length, TimeSpan statement, TimeProvider clock, CancellationToken cancellation)
    {
        (_connection, _statement, _clock, _cancellation) = (connection, statement, clock, cancellation);
        _most = Math.Max(LeastRows, length);
        _begun = clock.GetTimestamp();
        _look = _ => _cancellation.IsCancellationRequested || IsLate ? 1 : 0;
        raw.sqlite3_progress_handler(connection.Handle, Instructions, _look, null);
        _ = raw.sqlite3_limit(connection.Handle, LimitLength, LongestValue);
        var page = Convert.ToInt64(SqliteSetup.Scalar(connection, "PRAGMA page_size"));
        SqliteSetup.Execute(
            connection,
            $"PRAGMA max_page_count={Math.Max(LeastBytes, length * BytesOfText) / page}; PRAGMA temp_store=FILE;"
        );
    }

    /// <summary>Whether a database that cannot grow has all the pages it may have: there is room on the disk.</summary>
    public bool IsFull => new DriveInfo(_connection.DataSource).AvailableFreeSpace > LeastRoom;

    private bool IsLate => _clock.GetElapsedTime(_begun) > _statement;

    /// <summary>A statement begins.</summary>
    public void Begin() => _begun = _clock.GetTimestamp();

    /// <summary>Counts the rows that a statement wrote.</summary>
    /// <exception cref="RefusedSqlException">There are too many.</exception>
    public void Count(int rows, int line)
    {
        _rows += Math.Max(0, rows);
        if (_rows > _most)
            throw new RefusedSqlException(
                $"Line {line}: the statements write more than {_most} rows, which is far more than their text holds"
            );
    }

    /// <summary>Why the statement was ended.</summary>
    public Exception Why(int line, SqliteException error) =>
        _cancellation.IsCancellationRequested
            ? new OperationCanceledException("Given up", error, _cancellation)
            : new RefusedSqlException(
                $"Line {line}: the statement took more than {_statement.TotalMinutes:0.#} minutes and was ended",
                error
            );

    /// <inheritdoc/>
    public void Dispose()
    {
        raw.sqlite3_progress_handler(_connection.Handle, 0, null, null);
    }
}
