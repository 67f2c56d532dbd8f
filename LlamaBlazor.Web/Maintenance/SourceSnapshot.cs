using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>A copy of a database that others may be using, complete with what its journals hold. The source is only read, and nothing is
/// made beside it.</summary>
internal static class SourceSnapshot
{
    private const int Attempts = 3;
    private static readonly string[] Parts = ["", "-wal", "-journal"];

    /// <summary>Makes the copy. A failure when the source changes all the time, or is damaged.</summary>
    /// <param name="source">The database, with its journals beside it.</param>
    /// <param name="target">The copy: one file, complete in itself.</param>
    public static Failure? Take(string source, string target)
    {
        for (var attempt = 0; ; attempt++)
        {
            var before = Look(source);
            DatabaseBackup.DeleteWithCompanions(target);
            foreach (var part in Parts.Where(part => File.Exists(source + part)))
                PrivateFile.Copy(source + part, target + part);
            if (Look(source) == before)
                break;
            if (attempt == Attempts)
                return Failure.Conflict($"{source} is being written all the time. Stop the program that uses it, then try again.");
        }

        return Settle(target);
    }

    /// <summary>Whether a journal lies beside a file.</summary>
    public static bool HasJournal(string path) => Parts.Any(part => part.Length > 0 && File.Exists(path + part));

    /// <summary>Moves what a journal holds into a file of ours, or takes it back there, as the old program would have done at its next
    /// start. A failure when it is damaged.</summary>
    public static Failure? Settle(string target)
    {
        try
        {
            using var connection = SqliteSetup.Open(target);
            // The rules of a stranger's columns would be computed for every row.
            SqliteSetup.Execute(connection, "PRAGMA ignore_check_constraints=ON; PRAGMA journal_mode=DELETE;");
            return SqliteSetup.Scalar(connection, "PRAGMA quick_check(1)") is "ok"
                ? null
                : Failure.Invalid("file", "The database is damaged: it did not pass the check. Nothing was changed. Try a backup of it.");
        }
        catch (SqliteException error) when (error.SqliteErrorCode is 11 or 26)
        {
            return Failure.Invalid(
                "file",
                $"The file cannot be read as a database: {error.Message}. Nothing was changed. Try a backup of it."
            );
        }
    }

    private static string Look(string source) =>
        string.Join(
            ' ',
            Parts
                .Select(part => new FileInfo(source + part))
                .Select(file => file.Exists ? $"{file.Length}@{file.LastWriteTimeUtc.Ticks}" : "-")
        );
}
