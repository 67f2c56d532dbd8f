using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Telemetry.Storage;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Bench;

/// <summary>The hot paths of the database as acceptance.md 1.8 names them, over a real file.</summary>
internal static class DatabaseBench
{
    /// <summary>Inserts, reads and cleans up metrics_history.</summary>
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
                    SqliteSetup.Execute(connection, "PRAGMA auto_vacuum=INCREMENTAL; VACUUM; PRAGMA journal_mode=WAL;");
                await context.Database.MigrateAsync();
            }

            Console.WriteLine($"empty database: {Size(path)} KiB");
            await MeasureAsync(options);
            Console.WriteLine($"with 10 minutes of samples: {Size(path)} KiB");
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(DbContextOptions<LlamaDbContext> options)
    {
        const long Start = 1_790_000_000_000;
        await Figures.TimeAsync(
            "metrics insert",
            600,
            "< 1 ms",
            async i =>
            {
                await using var context = new LlamaDbContext(options);
                context
                    .Set<MetricsHistoryRow>()
                    .Add(
                        new MetricsHistoryRow
                        {
                            Timestamp = Start + (i * 1000),
                            ["CpuUsage"] = 12.5,
                            ["MemoryUsage"] = 41.25,
                            ["DiskUsage"] = 70d,
                            CreatedAt = Start + (i * 1000),
                        }
                    );
                await context.SaveChangesAsync();
            }
        );
        await Figures.TimeAsync(
            "history query, newest sample",
            1000,
            "< 1 ms",
            async _ =>
            {
                await using var context = new LlamaDbContext(options);
                await context
                    .Set<MetricsHistoryRow>()
                    .AsNoTracking()
                    .OrderByDescending(row => row.Timestamp)
                    .Select(row => row["CpuUsage"])
                    .FirstAsync();
            }
        );
        await Figures.TimeAsync(
            "history query, one indexed minute",
            1000,
            "< 1 ms",
            async i =>
            {
                await using var context = new LlamaDbContext(options);
                var from = Start + (i % 9 * 60_000);
                await context
                    .Set<MetricsHistoryRow>()
                    .AsNoTracking()
                    .Where(row => row.Timestamp >= from && row.Timestamp < from + 60_000)
                    .Select(row => new { row.Timestamp, Cpu = row["CpuUsage"] })
                    .ToListAsync();
            }
        );
        await Figures.TimeAsync(
            "cleanup of ten seconds",
            60,
            "< 10 ms",
            async i =>
            {
                await using var context = new LlamaDbContext(options);
                var until = Start + (i * 10_000);
                await context.Set<MetricsHistoryRow>().Where(row => row.CreatedAt < until).ExecuteDeleteAsync();
            }
        );
    }

    private static long Size(string path)
    {
        using (var connection = SqliteSetup.Open(path))
            SqliteSetup.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE);");
        return new FileInfo(path).Length / 1024;
    }
}
