using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Data;

/// <summary>
/// The index behind the search of the log: <c>logs_fts</c>, an FTS5 table over the text of <c>logs</c> in groups of three characters, so
/// that any part of a
/// word is found without regard to case. It holds no text of its own; triggers keep it. Where the system's SQLite has no FTS5 with trigrams
/// (3.34 and
/// later), or <see cref="Key"/> is false, there is no index and a search looks through the lines themselves.
/// </summary>
internal sealed partial class LogIndex(IConfiguration configuration, ILogger<LogIndex> logger)
{
    /// <summary>Configuration key; false keeps no index, which saves about half the size of the lines.</summary>
    public const string Key = "LlamaBlazor:Logs:Index";

    /// <summary>Shortest text the index can find.</summary>
    public const int ShortestText = 3;

    private const string Table = """
        CREATE VIRTUAL TABLE logs_fts USING fts5(message, content='logs', content_rowid='id', columnsize=0, detail=none, tokenize='trigram');
        """;

    private const string Triggers = """
        CREATE TRIGGER logs_fts_insert AFTER INSERT ON logs BEGIN INSERT INTO logs_fts(rowid, message) VALUES (new.id, new.message); END;
        CREATE TRIGGER logs_fts_update AFTER UPDATE OF id, message ON logs BEGIN INSERT INTO logs_fts(logs_fts, rowid, message) VALUES ('delete', old.id, old.message); INSERT INTO logs_fts(rowid, message) VALUES (new.id, new.message); END;
        """;

    private const string DeleteTrigger = """
        CREATE TRIGGER logs_fts_delete AFTER DELETE ON logs BEGIN INSERT INTO logs_fts(logs_fts, rowid, message) VALUES ('delete', old.id, old.message); END;
        """;

    private const string DropTriggers =
        "DROP TRIGGER IF EXISTS logs_fts_insert; DROP TRIGGER IF EXISTS logs_fts_update; DROP TRIGGER IF EXISTS logs_fts_delete;";

    private static readonly Lazy<bool> Supported = new(Probe);

    /// <summary>Whether the system's SQLite can have the index.</summary>
    public static bool IsSupported => Supported.Value;

    /// <summary>What makes the index and fills it from the lines that are there.</summary>
    public static string CreateSql => Table + Triggers + DeleteTrigger + "INSERT INTO logs_fts(logs_fts) VALUES ('rebuild');";

    /// <summary>What removes it; needs FTS5.</summary>
    public static string DropSql => DropTriggers + "DROP TABLE IF EXISTS logs_fts;";

    /// <summary>Whether the index is to be kept here.</summary>
    public bool IsWanted => IsSupported && !(bool.TryParse(configuration[Key], out var wanted) && !wanted);

    /// <summary>Whether searches of this database can use the index: it is there, whole, and can be read.</summary>
    public static bool IsReady(DbConnection connection) =>
        IsSupported
        && SqliteSetup.Scalar(
            connection,
            "SELECT count(*) FROM sqlite_master WHERE name IN ('logs_fts', 'logs_fts_insert', 'logs_fts_update', 'logs_fts_delete')"
        )
            is 4L;

    /// <summary>
    /// Takes the triggers of an index away that this SQLite cannot keep: each new line would fail. For databases that come from another
    /// machine; before
    /// anything is written.
    /// </summary>
    public static void Disarm(DbConnection connection)
    {
        if (!IsSupported)
            SqliteSetup.Execute(connection, DropTriggers);
    }

    /// <summary>Makes the index as it is wanted: builds one that is missing or not whole, removes one that is not wanted. Says what it
    /// did.</summary>
    public void Reconcile(SqliteConnection connection)
    {
        Disarm(connection);
        if (!IsSupported)
        {
            LogUnsupported(connection.ServerVersion);
            return;
        }

        var ready = IsReady(connection);
        if (ready == IsWanted)
            return;
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandTimeout = 0; // 100,000 lines take some seconds
        command.CommandText = IsWanted ? DropSql + CreateSql : DropSql;
        command.ExecuteNonQuery();
        transaction.Commit();
        if (IsWanted)
            LogBuilt();
    }

    /// <summary>Deletes all lines and empties the index at once, instead of word by word. In one transaction; returns how many lines there
    /// were.</summary>
    public static int Clear(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandTimeout = 0;
        var ready = IsReady(connection);
        if (ready)
        {
            command.CommandText = "DROP TRIGGER logs_fts_delete; INSERT INTO logs_fts(logs_fts) VALUES ('delete-all');";
            command.ExecuteNonQuery();
        }

        command.CommandText = "DELETE FROM logs;";
        var deleted = command.ExecuteNonQuery();
        if (ready)
        {
            command.CommandText = DeleteTrigger;
            command.ExecuteNonQuery();
        }

        transaction.Commit();
        return deleted;
    }

    private static bool Probe()
    {
        try
        {
            using var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
            connection.Open();
            SqliteSetup.Execute(connection, "CREATE VIRTUAL TABLE probe USING fts5(t, tokenize='trigram');");
            return true;
        }
        catch (SqliteException)
        {
            return false; // no FTS5, or one without trigrams
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "This SQLite ({Version}) has no FTS5 with trigrams: searching the log looks through the lines themselves"
    )]
    private partial void LogUnsupported(string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "Built the index of the log")]
    private partial void LogBuilt();
}
