using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace LlamaBlazor.Web.Data;

/// <summary>Opens the database, and gives each connection its pragmas.</summary>
internal static class SqliteSetup
{
    /// <summary>
    /// What each connection is told when it opens. WAL and auto_vacuum belong to the file and are set by <see cref="DatabaseStartup"/>.
    /// secure_delete overwrites what is deleted: a deleted prompt does not stay behind in a free page.
    /// </summary>
    public const string Pragmas =
        "PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000; PRAGMA temp_store=MEMORY; PRAGMA "
        + "journal_size_limit=16777216; PRAGMA cache_size=-8000; PRAGMA secure_delete=ON;";

    /// <summary>The connection string of a database file.</summary>
    public static string ConnectionString(string path, bool pooling = true) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Cache = SqliteCacheMode.Private, // a shared cache turns BUSY into LOCKED, which no busy time-out covers
            ForeignKeys = true,
            Pooling = pooling,
            DefaultTimeout = 5,
        }.ToString();

    /// <summary>Opens a connection outside EF Core, for pragmas, backups and checks.</summary>
    public static SqliteConnection Open(string path, bool pooling = false)
    {
        PrivateFile.Ensure(path);
        var connection = new SqliteConnection(ConnectionString(path, pooling));
        connection.Open();
        Execute(connection, Pragmas);
        return connection;
    }

    /// <summary>Closes the connections to a database that are kept for the next use; those in use, when they are given back.</summary>
    public static void ClearPool(string path)
    {
        using var pooled = new SqliteConnection(ConnectionString(path));
        SqliteConnection.ClearPool(pooled);
    }

    /// <summary>Runs statements that return nothing of interest.</summary>
    public static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Whether another connection holds the lock of writers now. Asks once and does not wait.</summary>
    public static bool IsLocked(SqliteConnection connection)
    {
        Execute(connection, "PRAGMA busy_timeout=0;");
        var result = raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE"); // a command would try again and again while it is refused
        if (result == raw.SQLITE_OK)
            raw.sqlite3_exec(connection.Handle, "ROLLBACK");
        Execute(connection, Pragmas);
        return result is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;
    }

    /// <summary>The first value of the first row, or null.</summary>
    public static object? Scalar(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}

/// <summary>Tells every connection of EF Core its pragmas.</summary>
internal sealed class PragmaInterceptor : DbConnectionInterceptor
{
    /// <inheritdoc/>
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
        SqliteSetup.Execute(connection, SqliteSetup.Pragmas);

    /// <inheritdoc/>
    public override Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        SqliteSetup.Execute(connection, SqliteSetup.Pragmas);
        return Task.CompletedTask;
    }
}
