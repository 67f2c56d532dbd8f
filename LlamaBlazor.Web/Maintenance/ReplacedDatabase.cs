using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Makes a database of elsewhere ours: all that know rows forget them, the log gets its index, and secrets are tried.</summary>
internal sealed partial class ReplacedDatabase(
    DatabaseFollowers followers,
    LogIndex logIndex,
    SecretProtector secrets,
    ILogger<ReplacedDatabase> logger
)
{
    /// <summary>Has all forget what they knew of rows, and makes the index of the log as this machine's SQLite wants it.</summary>
    /// <param name="live">The database, just replaced.</param>
    public void Fit(SqliteConnection live)
    {
        followers.Replaced();
        try
        {
            logIndex.Reconcile(live); // the file may come from a machine with another SQLite
        }
        catch (SqliteException error)
        {
            LogIndexFailed(error); // the disk is full, for example: searches look through the lines themselves
        }
    }

    /// <summary>Tells all, and the audit trail, that the database is another one.</summary>
    /// <param name="action">What was done, such as "restore".</param>
    /// <param name="file">Where it came from.</param>
    /// <param name="details">What else the audit trail keeps.</param>
    public Task TellAsync(string action, string file, object details) => followers.TellAsync(action, file, details);

    /// <summary>Stored secrets that the keys of this data folder do not open, by name.</summary>
    public IReadOnlyList<string> FindUnreadable(string database) => StoredSecrets.FindUnreadable(database, secrets);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The index of the log could not be made; searching it looks through the lines themselves"
    )]
    private partial void LogIndexFailed(Exception error);
}
