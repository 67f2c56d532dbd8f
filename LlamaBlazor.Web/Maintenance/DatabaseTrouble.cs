using LlamaBlazor.Domain.Common;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>What may go wrong with files and disks during an operation, in words with the next step.</summary>
internal static class DatabaseTrouble
{
    /// <summary>Whether an error is of that kind, and not a bug.</summary>
    public static bool Is(Exception error) => error is IOException or SqliteException or UnauthorizedAccessException or RefusedSqlException;

    /// <summary>The failure of an operation.</summary>
    /// <param name="what">The operation.</param>
    /// <param name="error">Why it ended.</param>
    /// <param name="folder">Folder that was written to.</param>
    public static Failure Explain(string what, Exception error, string folder) =>
        error is RefusedSqlException
            ? Failure.Invalid(
                "file",
                $"{what} failed: {error.Message.TrimEnd('.')}. The database is as it was. Correct the statements, then load them again."
            )
            : Failure.Unavailable($"{what} failed: {Reason(error)}. The database is as it was. {Advice(error, folder)}");

    private static string Reason(Exception error) =>
        error switch
        {
            SqliteException { SqliteErrorCode: 5 or 6 } => "another program holds a lock on the database",
            SqliteException { SqliteErrorCode: 8 } => "the database cannot be written",
            SqliteException { SqliteErrorCode: 13 } => "the disk is full",
            SqliteException when IsTemporaryFolder(error) => "the folder for temporary files, backups, cannot be written",
            SqliteException { SqliteErrorCode: 11 or 26 } => $"the database is damaged ({error.Message.TrimEnd('.')})",
            _ => error.Message.TrimEnd('.'),
        };

    private static bool IsTemporaryFolder(Exception error) =>
        error is SqliteException { SqliteErrorCode: 1 } && error.Message.Contains("not a writable directory", StringComparison.Ordinal);

    private static string Advice(Exception error, string folder) =>
        error switch
        {
            SqliteException { SqliteErrorCode: 5 or 6 } => "Close that program, then try again.",
            SqliteException when IsTemporaryFolder(error) => $"Give this user write access to {folder} and what is in it.",
            SqliteException { SqliteErrorCode: 8 or 14 } or UnauthorizedAccessException =>
                $"Give this user write access to {folder} and what is in it.",
            SqliteException { SqliteErrorCode: 11 or 26 } => "Check it, then recover from the newest good backup: db recover.",
            _ => $"Check the space in {folder}: a copy of the database must fit beside it.",
        };
}
