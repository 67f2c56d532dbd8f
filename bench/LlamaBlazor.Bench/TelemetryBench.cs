using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Telemetry.Machine;
using LlamaBlazor.Web.Telemetry.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace LlamaBlazor.Bench;

/// <summary>What a sample costs: reading the machine, and restoring the window from the database.</summary>
internal static class TelemetryBench
{
    /// <summary>Reads and restores.</summary>
    public static async Task RunAsync()
    {
        using var machine = MachineReaders.Create();
        var before = GC.GetAllocatedBytesForCurrentThread();
        const int Times = 2000;
        for (var i = 0; i < Times; i++)
            machine.Read();
        Console.WriteLine($"allocated by one reading of the machine: {(GC.GetAllocatedBytesForCurrentThread() - before) / Times} bytes");
        await Figures.TimeAsync(
            "reading of processor, memory, load and network",
            Times,
            "1 % of a core is 10 ms at 1 Hz",
            _ =>
            {
                machine.Read();
                return Task.CompletedTask;
            }
        );
        await RestoreAsync();
    }

    private static async Task RestoreAsync()
    {
        var folder = Directory.CreateTempSubdirectory("llamablazor-bench-");
        try
        {
            var options =
                (DbContextOptions<LlamaDbContext>)
                    DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), Path.Combine(folder.FullName, "bench.db")).Options;
            var contexts = new PooledDbContextFactory<LlamaDbContext>(options);
            await using (var context = contexts.CreateDbContext())
            {
                await context.Database.MigrateAsync();
                context
                    .Set<MetricsHistoryRow>()
                    .AddRange(
                        Enumerable
                            .Range(1, 600)
                            .Select(second =>
                                MetricsRows.ToHistory(new Sample { Timestamp = second * 1000, CpuUsage = second % 100 }, second * 1000)
                            )
                    );
                context
                    .Set<MetricsRow>()
                    .AddRange(
                        Enumerable
                            .Range(1, 10_000)
                            .Select(minute => new MetricsRow { Timestamp = minute * 60_000L, ["CpuUsage"] = (double)(minute % 100) })
                    );
                await context.SaveChangesAsync();
            }

            var reader = new MetricsReader(contexts);
            await Figures.TimeAsync(
                "the whole ten minutes restored (600 rows, all columns)",
                200,
                "once a start",
                _ => reader.RecentAsync(600_000)
            );
            await Figures.TimeAsync(
                "series of 7 days in 300 points (10,000 rows)",
                50,
                "one page view",
                _ => reader.SeriesAsync(0, 2_040_000)
            );
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }
}
