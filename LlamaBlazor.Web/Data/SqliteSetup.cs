using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LlamaBlazor.Web.Data;

/// <summary>
/// Makes the operating system's SQLite the one we use, and gives each connection its pragmas.
/// Why the system's: docs/adr/001-packages.md.
/// </summary>
internal static class SqliteSetup
{
    private const string CoreAssembly = "SQLitePCLRaw.core";

    /// <summary>What each connection is told when it opens. WAL and auto_vacuum belong to the file and are set by
    /// <see cref="DatabaseStartup"/>.</summary>
    public const string Pragmas =
        "PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000; PRAGMA temp_store=MEMORY; PRAGMA "
        + "journal_size_limit=16777216; PRAGMA cache_size=-8000;";

    /// <summary>Name of the system's library.</summary>
    public static string LibraryName { get; } =
        OperatingSystem.IsWindows() ? "winsqlite3"
        : OperatingSystem.IsMacOS() ? "libsqlite3.dylib"
        : "libsqlite3.so.0";

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
        var result = SqliteNative.Execute(connection, "BEGIN IMMEDIATE");
        if (result == SqliteNative.Ok)
            SqliteNative.Execute(connection, "ROLLBACK");
        Execute(connection, Pragmas);
        return result is SqliteNative.Busy or SqliteNative.Locked;
    }

    /// <summary>The first value of the first row, or null.</summary>
    public static object? Scalar(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    [ModuleInitializer]
    internal static void Load()
    {
        // EF Core asks for version 2.1 of the core; 2.0.6 has everything it calls. The runtime refuses the lower version unless told.
        AssemblyLoadContext.Default.Resolving += static (context, name) =>
            name.Name == CoreAssembly ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, CoreAssembly + ".dll")) : null;
        UseSystemLibrary();
        NativeLibrary.SetDllImportResolver(
            typeof(SqliteSetup).Assembly,
            static (name, assembly, path) => name == SqliteNative.Library ? NativeLibrary.Load(LibraryName, assembly, path) : 0
        ); // 0: as usual
    }

    // Apart from Load, so that the provider's types are not needed before the handler above stands.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UseSystemLibrary()
    {
        NativeLibrary.SetDllImportResolver(
            typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly,
            static (_, assembly, path) =>
                NativeLibrary.TryLoad(LibraryName, assembly, path, out var handle)
                    ? handle
                    : throw new DllNotFoundException(
                        $"The system's SQLite ({LibraryName}) was not found. Install it, for example with: apt-get install libsqlite3-0"
                    )
        );
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
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
