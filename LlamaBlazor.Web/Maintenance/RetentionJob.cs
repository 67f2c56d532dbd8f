using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>
/// Once an hour removes what retention says, a few thousand rows a time so that other writes come between, and gives free pages back to the
/// disk; then makes the backup of the day where it is due.
/// </summary>
internal sealed class RetentionJob(
    RetentionAccess store,
    DatabaseWriter writer,
    DatabaseState database,
    DailyBackup backup,
    AuditTrail audit,
    TimeProvider clock,
    ILogger<RetentionJob> logger
) : BackgroundService
{
    private const int DeleteBatch = 5000;
    private const long DayMs = 86_400_000;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(2);

    private readonly AgeClock _ages = new(clock);

    /// <summary>As <see cref="PruneAsync"/>, because somebody wants it.</summary>
    public async Task<IReadOnlyDictionary<string, int>> PruneNowAsync(IProgress<WorkStep>? progress, CancellationToken cancellation)
    {
        var removed = await PruneAsync(progress, cancellation).ConfigureAwait(false);
        audit.Note("pruned", "database", null, removed.Where(table => table.Value > 0).ToDictionary());
        return removed;
    }

    /// <summary>Removes what is due now; rows removed by table.</summary>
    public async Task<IReadOnlyDictionary<string, int>> PruneAsync(
        IProgress<WorkStep>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var removed = new Dictionary<string, int>();
        var now = _ages.Now.ToUnixTimeMilliseconds();
        foreach (var rule in store.List())
        {
            progress?.Report(new WorkStep($"Pruning {rule.Table}", (double)removed.Count / RetentionRule.Defaults.Count));
            var count = 0;
            int batch;
            do
            {
                cancellation.ThrowIfCancellationRequested();
                batch = await writer.MaintainAsync(connection => DeleteBatchOf(connection, rule, now), cancellation).ConfigureAwait(false);
                count += batch;
            } while (batch >= DeleteBatch);
            removed[rule.Table] = count;
        }

        if (removed.Values.Any(count => count > 0))
        {
            await writer
                .MaintainAsync(
                    connection =>
                    {
                        SqliteSetup.Execute(connection, "PRAGMA incremental_vacuum;");
                        return true;
                    },
                    cancellation
                )
                .ConfigureAwait(false);
        }

        return removed;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new PeriodicWork("Maintenance of the database failed", MaintainAsync, clock, logger)
        {
            Interval = Interval,
            FirstDelay = FirstDelay,
            Level = LogLevel.Error,
        }.RunAsync(database.Ready, stoppingToken);

    private async Task MaintainAsync(CancellationToken cancellation)
    {
        try
        {
            await PruneAsync(null, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await backup.RunAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static int DeleteBatchOf(SqliteConnection connection, RetentionRule rule, long now)
    {
        var condition = rule.Condition ?? "1";
        var deleted = 0;
        if (rule.Days is { } days)
            deleted += Delete(
                connection,
                rule.Table,
                $"{condition} AND {rule.TimeColumn} < $limit ORDER BY {rule.TimeColumn} LIMIT {DeleteBatch}",
                now - (days * DayMs)
            );
        if (rule.Rows is { } rows)
            deleted += Delete(
                connection,
                rule.Table,
                $"{condition} ORDER BY {OrderOf(connection, rule, now)} LIMIT {DeleteBatch} OFFSET $limit",
                rows
            );
        return deleted;
    }

    // Rows dated in the future, by a clock that ran ahead, count as the oldest: else they would push out all that is new. By the index
    // where there are none.
    private static string OrderOf(SqliteConnection connection, RetentionRule rule, long now)
    {
        var newest = SqliteSetup.Scalar(connection, $"SELECT max({rule.TimeColumn}) FROM {rule.Table}");
        return newest is long at && at > now + DayMs
            ? $"{rule.TimeColumn} > {now + DayMs}, {rule.TimeColumn} DESC"
            : $"{rule.TimeColumn} DESC";
    }

    // Names of tables and columns are our own constants; values are parameters.
    private static int Delete(SqliteConnection connection, string table, string which, long limit)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {which})";
        command.Parameters.AddWithValue("$limit", limit);
        return command.ExecuteNonQuery();
    }
}
