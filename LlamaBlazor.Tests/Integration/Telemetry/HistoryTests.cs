using System.Net.Http.Json;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Telemetry.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Telemetry;

/// <summary>What the database keeps of the samples, and what a restart brings back.</summary>
public sealed class HistoryTests
{
    [Fact]
    public async Task Window_IsRefilled_AfterARestart()
    {
        await using var app = new AppFixture();
        await app.InitializeAsync();
        // before the program's own samples, and not so long ago that it tidies these away
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 60_000;
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                async (context, token) =>
                {
                    await context.Set<MetricsHistoryRow>().ExecuteDeleteAsync(token);
                    context
                        .Set<MetricsHistoryRow>()
                        .Add(MetricsRows.ToHistory(new Sample { Timestamp = now - 700_000, CpuUsage = 1 }, now));
                    context.Set<MetricsHistoryRow>().Add(MetricsRows.ToHistory(Rich(now - 300_000), now));
                    context.Set<MetricsHistoryRow>().Add(MetricsRows.ToHistory(new Sample { Timestamp = now - 1000, CpuUsage = 3 }, now));
                }
            );
        var restored = await app.Services.GetRequiredService<MetricsReader>().RecentAsync(now);
        Assert.Equal([now - 300_000, now - 1000], restored.Select(sample => sample.Timestamp));
        Assert.Equivalent(Rich(now - 300_000), restored[0], strict: true);
    }

    [Fact]
    public async Task Samples_OfTheFirstRun_AreInTheSecondsHistory()
    {
        using var folder = new TempFolder();
        long first;
        await using (var app = new AppFixture())
        {
            app.With("LlamaBlazor:DataDirectory", folder.File("data"));
            await app.InitializeAsync();
            first = await FirstTimestampAsync(app);
        }

        await using (var again = new AppFixture())
        {
            again.With("LlamaBlazor:DataDirectory", folder.File("data"));
            await again.InitializeAsync();
            Assert.Equal(first, await FirstTimestampAsync(again));
        }
    }

    [Fact]
    public async Task Tidying_Removes_OldAndFutureRowsOnly()
    {
        await using var app = new AppFixture();
        await app.InitializeAsync();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var writer = app.Services.GetRequiredService<DatabaseWriter>();
        await writer.ExecuteAsync(
            (context, token) =>
            {
                foreach (var offset in new[] { -3_600_000, -300_000, 7_200_000 })
                    context.Set<MetricsHistoryRow>().Add(MetricsRows.ToHistory(new Sample { Timestamp = now + offset }, now));
                return Task.CompletedTask;
            }
        );
        var recorder = ActivatorUtilities.CreateInstance<MetricsRecorder>(app.Services); // its first sample is due to tidy
        recorder.Record(new Sample { Timestamp = now }, new MachineReading());
        await Until.TrueAsync(async () => (await TimestampsAsync(app)).All(timestamp => Math.Abs(timestamp - now) < 700_000), "tidied");
        Assert.Contains(now - 300_000, await TimestampsAsync(app));
    }

    [Fact]
    public async Task Minutes_AreRolledUp_Once()
    {
        await using var app = new AppFixture();
        await app.InitializeAsync();
        var recorder = ActivatorUtilities.CreateInstance<MetricsRecorder>(app.Services);
        foreach (var repeat in new[] { 0, 1 })
        {
            recorder.Replay(new Sample { Timestamp = 60_000, CpuUsage = 10 + repeat });
            recorder.Replay(new Sample { Timestamp = 90_000, CpuUsage = 20 + repeat });
            recorder.Replay(new Sample { Timestamp = 120_000, CpuUsage = 99 });
        }

        await Until.TrueAsync(async () => await CountMinutesAsync(app) == 2, "two minutes");
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        Assert.Equal(
            [(60_000L, 15.0), (120_000L, 99.0)],
            await context
                .Set<MetricsRow>()
                .OrderBy(row => row.Timestamp)
                .Where(row => row.Timestamp < 1_000_000)
                .Select(row => ValueTuple.Create(row.Timestamp, (double)row["CpuUsage"]!))
                .ToListAsync()
        );
    }

    [Fact]
    public async Task Minutes_PastTheirRule_AreLeftToTheRetentionJob_WhichObeysIt()
    {
        await using var app = new AppFixture();
        await app.InitializeAsync();
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, token) =>
                {
                    context
                        .Set<MetricsRow>()
                        .AddRange(Enumerable.Range(1, 12_000).Select(minute => new MetricsRow { Timestamp = minute * 60_000L }));
                    return Task.CompletedTask;
                }
            );
        var recorder = ActivatorUtilities.CreateInstance<MetricsRecorder>(app.Services);
        recorder.Replay(new Sample { Timestamp = 20_000 * 60_000L });
        recorder.Replay(new Sample { Timestamp = 20_001 * 60_000L });
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        await Until.TrueAsync(() => context.Set<MetricsRow>().AnyAsync(row => row.Timestamp == 20_000 * 60_000L), "the new minute");
        Assert.True(await context.Set<MetricsRow>().AnyAsync(row => row.Timestamp == 60_000));
        foreach (var rows in new[] { 50_000, 11_000, 10 })
        {
            using var set = await app.Http.PutAsJsonAsync("/api/database/retention/metrics", new { rows });
            Assert.True(set.IsSuccessStatusCode);
            await app.Services.GetRequiredService<RetentionJob>().PruneAsync();
            Assert.InRange(await context.Set<MetricsRow>().CountAsync(), Math.Min(rows, 12_001), rows);
        }
    }

    [Fact]
    public async Task Series_IsAveraged_ByTheDatabase()
    {
        await using var app = new AppFixture();
        await app.InitializeAsync();
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, token) =>
                {
                    context
                        .Set<MetricsRow>()
                        .AddRange(
                            new MetricsRow
                            {
                                Timestamp = 600_000,
                                ["CpuUsage"] = 10d,
                                ["GpuTemperature"] = 40d,
                                ["SwapUsage"] = null,
                                ["ActiveModels"] = 1L,
                            },
                            new MetricsRow
                            {
                                Timestamp = 660_000,
                                ["CpuUsage"] = 20d,
                                ["GpuTemperature"] = 60d,
                                ["SwapUsage"] = 5d,
                                ["ActiveModels"] = 3L,
                            },
                            new MetricsRow { Timestamp = 1_200_000, ["CpuUsage"] = 7d }
                        );
                    return Task.CompletedTask;
                }
            );
        var series = await app.Services.GetRequiredService<MetricsReader>().SeriesAsync(600_000, 300_000);
        Assert.Equal([600_000L, 1_200_000], series.Take(2).Select(sample => sample.Timestamp));
        Assert.Equal((15, 60, 5, 3), (series[0].CpuUsage, series[0].GpuTemperature, series[0].SwapUsage, series[0].ActiveModels));
        Assert.Null(series[1].GpuUsage);
    }

    private static Sample Rich(long timestamp) =>
        new()
        {
            Timestamp = timestamp,
            CpuUsage = 2,
            MemoryUsage = 3,
            DiskUsage = 4,
            SwapUsage = 5,
            GpuUsage = 6,
            GpuTemperature = 7,
            GpuMemoryUsed = 8,
            GpuMemoryTotal = 9,
            GpuPowerUsage = 10,
            ActiveModels = 11,
            Uptime = 12,
            RequestsPerMinute = 13,
            Load1Min = 14,
            NetRx = 15,
            NetTx = 16,
            TokensPerSecond = 17,
            Gpus = [new GpuSample("nvidia0", "Card", 6, 8, 9, 7, null)],
        };

    private static async Task<long> FirstTimestampAsync(AppFixture app)
    {
        long first = 0;
        await Until.TrueAsync(
            async () =>
            {
                var items = (await app.GetAsync("/api/metrics/history")).GetProperty("items");
                first = items.GetArrayLength() > 0 ? items[0].GetProperty("timestamp").GetInt64() : 0;
                return first > 0 && (await TimestampsAsync(app)).Contains(first);
            },
            "a sample in the history and in the database"
        );
        return first;
    }

    private static async Task<List<long>> TimestampsAsync(AppFixture app)
    {
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        return await context.Set<MetricsHistoryRow>().Select(row => row.Timestamp).ToListAsync();
    }

    private static async Task<int> CountMinutesAsync(AppFixture app)
    {
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        return await context.Set<MetricsRow>().CountAsync(row => row.Timestamp < 1_000_000);
    }
}
