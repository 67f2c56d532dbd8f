using System.Text;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Makes a database of SQL statements, such as <see cref="SqlDump"/> writes. They reach nothing but the new file: no other file,
/// no extension.</summary>
internal static class SqlLoad
{
    /// <summary>Longest statement, in characters.</summary>
    private const int StatementLimit = 256 * 1024 * 1024;

    // Codes of sqlite3_set_authorizer.
    private const int Pragma = 19;
    private const int Attach = 24;
    private const int Detach = 25;

    private static readonly HashSet<string> Pragmas = new(StringComparer.OrdinalIgnoreCase)
    {
        "foreign_keys",
        "auto_vacuum",
        "user_version",
        "application_id",
        "encoding",
    };

    /// <summary>Longest time of one statement. The largest table is many statements, or one of a few minutes.</summary>
    private static readonly TimeSpan StatementTime = TimeSpan.FromMinutes(5);

    /// <summary>Runs the statements of a file in a new database. They stop when that is given up.</summary>
    /// <exception cref="RefusedSqlException">A statement fails, is not allowed, takes too long or makes too much, with its
    /// line.</exception>
    /// <exception cref="IOException">The disk does not take it.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static void Run(string source, string target, TimeProvider clock, IProgress<WorkStep>? progress, CancellationToken cancellation)
    {
        using var text = new StreamReader(source, Encoding.UTF8);
        using var connection = SqliteSetup.Open(target);
        SqliteSetup.Execute(connection, "PRAGMA auto_vacuum=INCREMENTAL; VACUUM;");
        var length = Math.Max(1, text.BaseStream.Length);
        using var limits = new SqlLoadLimits(connection, length, StatementTime, clock, cancellation);
        _ = raw.sqlite3_set_authorizer(
            connection.Handle,
            (object _, int action, string name, string _, string _, string _) => IsAllowed(action, name) ? raw.SQLITE_OK : raw.SQLITE_DENY,
            null
        );
        foreach (var (statement, line) in Statements(text))
        {
            cancellation.ThrowIfCancellationRequested();
            Execute(connection, limits, statement, line);
            if (line % 256 == 0)
                progress?.Report(new WorkStep("Running the statements", (double)text.BaseStream.Position / length));
        }

        _ = raw.sqlite3_set_authorizer(connection.Handle, (strdelegate_authorizer)null!, null);
    }

    // Each statement with the line it begins in.
    private static IEnumerable<(string Sql, int Line)> Statements(StreamReader text)
    {
        var statement = new StringBuilder();
        var (line, first) = (0, 1);
        while (text.ReadLine() is { } next)
        {
            line++;
            statement.Append(next).Append('\n');
            if (statement.Length > StatementLimit)
                throw new RefusedSqlException($"The statement that begins in line {first} is too long");
            if (!next.TrimEnd().EndsWith(';') || raw.sqlite3_complete(statement.ToString()) == 0)
                continue;
            yield return (statement.ToString(), first);
            statement.Clear();
            first = line + 1;
        }

        if (!string.IsNullOrWhiteSpace(statement.ToString()))
            throw new RefusedSqlException($"The file ends in the middle of the statement that begins in line {first}");
    }

    private static void Execute(SqliteConnection connection, SqlLoadLimits limits, string sql, int line)
    {
        try
        {
            limits.Begin();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            limits.Count(command.ExecuteNonQuery(), line);
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw limits.Why(line, error);
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_FULL && limits.IsFull)
        {
            throw new RefusedSqlException($"Line {line}: the statements make a database far larger than their text", error);
        }
        catch (SqliteException error)
            when (error.SqliteErrorCode is not (raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY))
        {
            throw new RefusedSqlException($"Line {line}: {error.Message}", error);
        }
    }

    private static bool IsAllowed(int action, string? name) =>
        action switch
        {
            Attach or Detach => false,
            Pragma => name is not null && Pragmas.Contains(name),
            _ => true,
        };
}

/// <summary>Statements that cannot be run, through no fault of this machine.</summary>
/// <param name="message">Which, and why.</param>
/// <param name="inner">What SQLite said, or null.</param>
internal sealed class RefusedSqlException(string message, Exception? inner = null) : Exception(message, inner);
