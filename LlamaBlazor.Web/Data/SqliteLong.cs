using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LlamaBlazor.Web.Data;

/// <summary>Statements that take long, and can be given up while they run.</summary>
internal static class SqliteLong
{
    private const int Instructions = 20_000; // of SQLite's machine between two looks: some milliseconds at most

    /// <summary>Runs work whose statements stop when it is cancelled; what they began is taken back.</summary>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static T Run<T>(SqliteConnection connection, Func<T> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        raw.sqlite3_progress_handler(connection.Handle, Instructions, _ => cancellation.IsCancellationRequested ? 1 : 0, null);
        try
        {
            return work();
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException("Given up", error, cancellation);
        }
        finally
        {
            raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
        }
    }

    /// <summary>Runs statements that return nothing of interest, for as long as the disk needs.</summary>
    public static void Execute(SqliteConnection connection, string sql, CancellationToken cancellation) =>
        Run(
            connection,
            () =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = sql;
                command.CommandTimeout = 10; // for a lock of another program; the statement itself may take as long as the disk needs
                return command.ExecuteNonQuery();
            },
            cancellation
        );
}
