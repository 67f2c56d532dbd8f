using LlamaBlazor.Domain.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Data;

/// <summary>Faults of the disk or of other programs that make the database unusable for a while, in words with the next step. None of them
/// is a mistake of ours.</summary>
internal static class DatabaseFault
{
    // SQLite's result codes.
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int IoError = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;

    // Less is as good as nothing: SQLite needs some pages and its index of the write-ahead log.
    private const long AlmostFull = 1024 * 1024;

    /// <summary>Whether it may pass without a new start of the program: the disk is full or away, a lock is held, a right is
    /// missing.</summary>
    /// <param name="error">What was thrown.</param>
    public static bool MayPass(Exception error) =>
        Cause(error) switch
        {
            SqliteException sqlite => sqlite.SqliteErrorCode is Busy or Locked or ReadOnly or IoError or Full or CannotOpen,
            IOException or UnauthorizedAccessException => true,
            _ => false,
        };

    /// <summary>Whether the disk has no room for a write.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="database">Path of the database.</param>
    public static bool IsFull(Exception error, string database) =>
        Cause(error) is SqliteException { SqliteErrorCode: Full }
        || (Cause(error) is SqliteException { SqliteErrorCode: IoError or CannotOpen } or IOException && FreeBytes(database) < AlmostFull);

    /// <summary>The fault in words: the thing, the reason, the next step; null for what is no such fault.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="database">Path of the database.</param>
    public static string? Words(Exception error, string database)
    {
        var folder = Path.GetDirectoryName(database);
        return IsFull(error, database)
            ? $"The disk with {database} is full. Free some space there, and it works again."
            : Cause(error) switch
            {
                SqliteException { SqliteErrorCode: Busy or Locked } locked =>
                    $"{database} is locked by another program ({locked.Message}). Close that program, then try again.",
                SqliteException { SqliteErrorCode: ReadOnly } denied =>
                    $"{database} cannot be written ({denied.Message}). Give this user write access to it and to {folder}.",
                SqliteException { SqliteErrorCode: IoError } broken =>
                    $"The disk with {database} cannot be read or written ({broken.Message}). Check the disk and its free space.",
                SqliteException { SqliteErrorCode: CannotOpen } closed =>
                    $"{database} cannot be opened ({closed.Message}). Give this user read and write access to it, to the files beside "
                        + $"it, and to {folder}.",
                UnauthorizedAccessException denied => $"{denied.Message} Give this user access to {folder} and what is in it.",
                IOException broken => $"{broken.Message} Check the disk with {folder}.",
                _ => null,
            };
    }

    /// <summary>As <see cref="Words"/>, as a failure of an edit: nothing was saved.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="database">Path of the database.</param>
    public static Failure? OfEdit(Exception error, string database) =>
        Cause(error) is SqliteException && Words(error, database) is { } words ? Failure.Unavailable($"Nothing was saved. {words}") : null;

    private static Exception Cause(Exception error) => error is DbUpdateException { InnerException: { } inner } ? inner : error;

    private static long FreeBytes(string database)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(database)!).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue; // not known: the other words are right then
        }
    }
}
