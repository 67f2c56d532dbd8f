using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Looks at the database: sizes, rows, journal, migrations.</summary>
internal sealed class DatabaseStats(
    DataFolder folder,
    DatabaseWriter writer,
    RetentionAccess retention,
    IDbContextFactory<LlamaDbContext> contexts
)
{
    /// <summary>Everything the Database page shows. Counting rows reads an index of each table: off the caller's thread.</summary>
    public async Task<DatabaseFacts> ReadAsync(CancellationToken cancellation = default)
    {
        var rules = retention.List().ToDictionary(rule => rule.Table);
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var known = context.Database.GetMigrations().ToList();
                    return await Task.Run(() => Read(rules, known), cancellation).ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private DatabaseFacts Read(Dictionary<string, RetentionRule> rules, IReadOnlyList<string> known)
    {
        using var connection = SqliteSetup.Open(folder.Database);
        var pages = Number(connection, "PRAGMA page_count");
        var free = Number(connection, "PRAGMA freelist_count");
        var bytes = TableBytes(connection);
        return new DatabaseFacts
        {
            Path = folder.Database,
            SizeBytes = pages * Number(connection, "PRAGMA page_size"), // what is still in the WAL included
            WalBytes = Size(folder.Database + "-wal"),
            PageSize = Number(connection, "PRAGMA page_size"),
            FreeBytes = free * Number(connection, "PRAGMA page_size"),
            FragmentationPercent = pages == 0 ? 0 : Math.Round(100.0 * free / pages, 1),
            JournalMode = SqliteSetup.Scalar(connection, "PRAGMA journal_mode")?.ToString() ?? "",
            SqliteVersion = connection.ServerVersion,
            SchemaVersion = DatabaseStartup.SchemaVersion,
            DroppedRows = writer.Dropped,
            LastError = writer.LastError,
            LogSearch = LogIndex.IsReady(connection) ? "index" : "scan",
            Tables =
            [
                .. SqliteRead
                    .Tables(connection)
                    .Where(table => !table.StartsWith("__EF", StringComparison.Ordinal))
                    .Select(table => Describe(connection, table, bytes, rules)),
            ],
            Pending = [.. known.Except(SqliteRead.Column(connection, "SELECT MigrationId FROM __EFMigrationsHistory"))],
            Migrations =
            [
                .. SqliteRead
                    .Rows(connection, "schema_version")
                    .Select(row => new AppliedMigration(
                        Convert.ToInt64(row["version"]),
                        row["migration"]?.ToString() ?? "",
                        Convert.ToInt64(row["applied_at"])
                    )),
            ],
        };
    }

    private TableFacts Describe(
        SqliteConnection connection,
        string table,
        Dictionary<string, long>? bytes,
        Dictionary<string, RetentionRule> rules
    )
    {
        var rule = rules.GetValueOrDefault(table);
        var what =
            rule?.What
            ?? table switch
            {
                "metrics_history" => "Raw samples of the last 10 minutes",
                "stats" => "Requests; kept by Statistics",
                "cache" => "Stored answers; kept by the response cache",
                _ => null,
            };
        return new TableFacts(
            table,
            Number(connection, $"SELECT count(*) FROM {SqliteRead.Quote(table)}"),
            bytes?.GetValueOrDefault(table),
            what,
            rule is not null,
            rule?.Days,
            rule?.Rows,
            rule is not null && retention.IsLocked(table)
        );
    }

    // Null where the file was changed while it was counted: the sizes are unknown until the next look.
    private static Dictionary<string, long>? TableBytes(SqliteConnection connection)
    {
        try
        {
            return BTreeSizes
                .Read(connection)
                .GroupBy(tree => tree.Table.StartsWith("logs_fts", StringComparison.Ordinal) ? "logs" : tree.Table)
                .ToDictionary(trees => trees.Key, trees => trees.Sum(tree => tree.Bytes));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static long Number(SqliteConnection connection, string sql) => Convert.ToInt64(SqliteSetup.Scalar(connection, sql));

    private static long Size(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}

/// <summary>What is known of the database.</summary>
internal sealed record DatabaseFacts
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of the database, what is not yet moved from the write-ahead log included.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Bytes of the write-ahead log beside it.</summary>
    public long WalBytes { get; init; }

    /// <summary>Bytes of a page.</summary>
    public long PageSize { get; init; }

    /// <summary>Bytes of pages that hold nothing.</summary>
    public long FreeBytes { get; init; }

    /// <summary>Share of such pages.</summary>
    public double FragmentationPercent { get; init; }

    /// <summary>wal, unless the file system cannot.</summary>
    public required string JournalMode { get; init; }

    /// <summary>Version of the system's SQLite.</summary>
    public required string SqliteVersion { get; init; }

    /// <summary>Version of the schema.</summary>
    public required string SchemaVersion { get; init; }

    /// <summary>Rows that could not be written in this run.</summary>
    public long DroppedRows { get; init; }

    /// <summary>Why, while it lasts.</summary>
    public string? LastError { get; init; }

    /// <summary>How text in the log is found: <c>index</c>, or <c>scan</c> where SQLite has no FTS5 or the index is turned off.</summary>
    public required string LogSearch { get; init; }

    /// <summary>All tables.</summary>
    public required IReadOnlyList<TableFacts> Tables { get; init; }

    /// <summary>The steps the schema was made in.</summary>
    public required IReadOnlyList<AppliedMigration> Migrations { get; init; }

    /// <summary>Steps that are not applied yet.</summary>
    public required IReadOnlyList<string> Pending { get; init; }
}

/// <summary>A table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="SizeBytes">Bytes with its indexes; null where SQLite does not tell.</param>
/// <param name="What">What it holds.</param>
/// <param name="HasRetention">Whether its rows leave by a rule that can be changed.</param>
/// <param name="Days">Age at which they leave.</param>
/// <param name="MaxRows">Number that stays.</param>
/// <param name="IsLocked">Whether the configuration sets the rule.</param>
public sealed record TableFacts(
    string Name,
    long Rows,
    long? SizeBytes,
    string? What,
    bool HasRetention,
    int? Days,
    int? MaxRows,
    bool IsLocked
);

/// <summary>A step of the schema.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Migration">Its name.</param>
/// <param name="AppliedAt">When, Unix milliseconds.</param>
public sealed record AppliedMigration(long Version, string Migration, long AppliedAt);
