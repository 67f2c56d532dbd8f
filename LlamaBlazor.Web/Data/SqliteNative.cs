using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Data;

/// <summary>
/// The few functions of SQLite that Microsoft.Data.Sqlite does not offer, called in the same system library
/// (https://sqlite.org/c3ref/funclist.html). Not
/// through SQLitePCL, whose version we build with is not the one the provider was built with (docs/adr/001-packages.md).
/// </summary>
internal static class SqliteNative
{
    /// <summary>Name the functions are imported by; <see cref="SqliteSetup"/> answers it with the system's library.</summary>
    public const string Library = "llamablazor-sqlite";

    /// <summary>SQLITE_OK.</summary>
    public const int Ok = 0;

    /// <summary>SQLITE_DENY.</summary>
    public const int Deny = 1;

    /// <summary>SQLITE_BUSY.</summary>
    public const int Busy = 5;

    /// <summary>SQLITE_LOCKED.</summary>
    public const int Locked = 6;

    /// <summary>SQLITE_INTERRUPT.</summary>
    public const int Interrupt = 9;

    /// <summary>SQLITE_FULL.</summary>
    public const int Full = 13;

    /// <summary>SQLITE_DONE.</summary>
    public const int Done = 101;

    private static readonly byte[] Main = "main\0"u8.ToArray();

    /// <summary>Asked now and then while a statement runs; anything but 0 ends it.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int ProgressHandler(nint state);

    /// <summary>Asked for each thing a statement would do; 0 allows it.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Authorizer(nint state, int action, nint first, nint second, nint database, nint trigger);

    /// <summary>The connection's handle. By its name: naming it in code would bring in the type of the other version.</summary>
    public static SafeHandle Handle(SqliteConnection connection) =>
        (SafeHandle)typeof(SqliteConnection).GetProperty("Handle")!.GetValue(connection)!;

    /// <summary>Begins a copy of one database into another; zero when it cannot.</summary>
    public static nint BeginBackup(SqliteConnection target, SqliteConnection source) =>
        sqlite3_backup_init(Handle(target), Main, Handle(source), Main);

    /// <summary>Throws what an error code of a connection means.</summary>
    public static void Throw(SqliteConnection connection, int code) =>
        throw new SqliteException(
            $"SQLite Error {code}: '{Marshal.PtrToStringUTF8(sqlite3_errmsg(Handle(connection)))}'.",
            code & 0xFF,
            code
        );

    /// <summary>Runs a statement once and returns its result code, whereas a command would try it again and again while it is
    /// refused.</summary>
    public static int Execute(SqliteConnection connection, string sql) =>
        sqlite3_exec(Handle(connection), Encoding.UTF8.GetBytes(sql + '\0'), 0, 0, 0);

    /// <summary>Whether the text ends with the end of a statement.</summary>
    public static bool IsComplete(string sql) => sqlite3_complete(Encoding.UTF8.GetBytes(sql + '\0')) != 0;

#pragma warning disable IDE1006, SA1300 // names of the library
    [DllImport(Library)]
    public static extern int sqlite3_backup_step(nint backup, int pages);

    [DllImport(Library)]
    public static extern int sqlite3_backup_remaining(nint backup);

    [DllImport(Library)]
    public static extern int sqlite3_backup_pagecount(nint backup);

    [DllImport(Library)]
    public static extern int sqlite3_backup_finish(nint backup);

    [DllImport(Library)]
    public static extern void sqlite3_progress_handler(SafeHandle connection, int instructions, ProgressHandler? handler, nint state);

    [DllImport(Library)]
    public static extern int sqlite3_set_authorizer(SafeHandle connection, Authorizer? authorizer, nint state);

    [DllImport(Library)]
    public static extern int sqlite3_limit(SafeHandle connection, int kind, int most);

    [DllImport(Library)]
    public static extern int sqlite3_errcode(SafeHandle connection);

    [DllImport(Library)]
    private static extern nint sqlite3_backup_init(SafeHandle target, byte[] targetName, SafeHandle source, byte[] sourceName);

    [DllImport(Library)]
    private static extern nint sqlite3_errmsg(SafeHandle connection);

    [DllImport(Library)]
    private static extern int sqlite3_exec(SafeHandle connection, byte[] sql, nint callback, nint state, nint error);

    [DllImport(Library)]
    private static extern int sqlite3_complete(byte[] sql);
#pragma warning restore IDE1006, SA1300
}
