using System.Diagnostics;
using System.Globalization;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Logs;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace LlamaBlazor.Bench;

/// <summary>The log with a million lines: writing them, paging, filters, and search by index and by looking through.</summary>
internal static class LogBench
{
    private const int Lines = 1_000_000;
    private const int PageSize = 200;
    private const string Goal = "≤ 200 ms";

    private static readonly string[] Shapes =
    [
        "slot launch_slot_: id {0} | task {1} | processing task, n_ctx = {2}",
        "srv  update_slots: run slots completed, all slots are idle after {1} ms",
        "request POST /v1/chat/completions finished with 200 in {1} ms, {2} tokens",
        "prompt eval time = {1} ms / {2} tokens",
        "The scan of /models/folder{0} found {1} files, {2} of them new",
    ];

    /// <summary>Fills a database, then times each way of reading it.</summary>
    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("llamablazor-bench-");
        try
        {
            var path = Path.Combine(folder.FullName, "bench.db");
            var options =
                (DbContextOptions<LlamaDbContext>)DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), path).Options;
            await using (var context = new LlamaDbContext(options))
            {
                using (var connection = SqliteSetup.Open(path))
                    SqliteSetup.Execute(connection, "PRAGMA journal_mode=WAL;");
                await context.Database.MigrateAsync();
            }

            Fill(path);
            var queries = new LogQueries(new PooledDbContextFactory<LlamaDbContext>(options), null!, null!, TimeProvider.System);
            await MeasureAsync(queries, "");
            using (var connection = SqliteSetup.Open(path))
                SqliteSetup.Execute(connection, LogIndex.DropSql);
            await SearchAsync(queries, ", without the index");
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(LogQueries queries, string how)
    {
        await TimeAsync(queries, "newest page", new LogFilter(), null);
        await TimeAsync(queries, "page in the middle", new LogFilter(), new LogCursor(1_700_000_000_000 + (Lines / 2 * 10), 0));
        await TimeAsync(queries, "errors (10 of them)", new LogFilter { Level = "error" }, null);
        await TimeAsync(queries, "warnings and above (2 %)", new LogFilter { Level = "warn" }, null);
        await TimeAsync(queries, "one source (0.1 %)", new LogFilter { Source = "router" }, null);
        await TimeAsync(queries, "one source, errors", new LogFilter { Source = "server", Level = "error" }, null);
        await TimeAsync(queries, "one model that said nothing", new LogFilter { ModelId = 77 }, null);
        await SearchAsync(queries, how);
    }

    private static async Task SearchAsync(LogQueries queries, string how)
    {
        await TimeAsync(queries, "text in most lines" + how, new LogFilter { Text = "slot" }, null);
        await TimeAsync(queries, "text in one old line" + how, new LogFilter { Text = "needle in the haystack" }, null);
        await TimeAsync(
            queries,
            "text in no line, of parts that are in many" + how,
            new LogFilter { Text = "slots finished with tokens" },
            null
        );
        await TimeAsync(queries, "text with a rare source" + how, new LogFilter { Text = "tokens", Source = "router" }, null);
        await TimeAsync(queries, "two characters" + how, new LogFilter { Text = "zq" }, null);
        await TimeAsync(queries, "expression" + how, LogFilter.Create(null, null, @"/needle \w+ the/").Value, null);
    }

    private static async Task TimeAsync(LogQueries queries, string what, LogFilter filter, LogCursor? after)
    {
        LogPage page = new([], null, 0);
        await Figures.TimeAsync(what, 20, Goal, async _ => page = await queries.ListAsync(filter, after, PageSize));
        Console.WriteLine(
            $"    {page.Items.Count} lines found in {page.Scanned:N0} looked at{(page.Next is null ? ", all there are" : "")}"
        );
    }

    private static void Fill(string path)
    {
        var random = new Random(1);
        using var connection = SqliteSetup.Open(path);
        var started = Stopwatch.GetTimestamp();
        var slowest = 0.0;
        for (var first = 0; first < Lines; first += 500)
        {
            var batch = Stopwatch.GetTimestamp();
            using var transaction = connection.BeginTransaction();
            for (var i = first; i < first + 500; i++)
                Insert(connection, transaction, random, i);
            transaction.Commit();
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(batch).TotalMilliseconds);
        }

        Console.WriteLine(
            $"{Lines:N0} lines written in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, slowest batch of 500 {slowest:0} "
                + $"ms; {new FileInfo(path).Length / 1048576} MiB"
        );
    }

    private static void Insert(SqliteConnection connection, SqliteTransaction transaction, Random random, int i)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO logs (level, message, source, timestamp, created_at) VALUES ($l, $m, $s, $t, $t)";
        command.Parameters.AddWithValue(
            "$l",
            i % 100_000 == 7 ? "error"
                : i % 50 == 0 ? "warn"
                : "info"
        );
        command.Parameters.AddWithValue(
            "$m",
            i == 1000
                ? "one needle in the haystack"
                : string.Format(
                    CultureInfo.InvariantCulture,
                    Shapes[random.Next(Shapes.Length)],
                    random.Next(10),
                    random.Next(100_000),
                    random.Next(10_000)
                )
        );
        command.Parameters.AddWithValue(
            "$s",
            i % 1000 == 3 ? "router"
                : i % 10 == 0 ? "server"
                : "llama-server"
        );
        command.Parameters.AddWithValue("$t", 1_700_000_000_000 + (i * 10L));
        command.ExecuteNonQuery();
    }
}
