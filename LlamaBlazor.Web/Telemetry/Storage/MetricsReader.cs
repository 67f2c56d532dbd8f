using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Telemetry.Storage;

/// <summary>Reads stored metrics, off the caller's thread: SQLite's async calls are synchronous.</summary>
internal sealed class MetricsReader(IDbContextFactory<LlamaDbContext> contexts)
{
    /// <summary>The raw samples of the last ten minutes, oldest first.</summary>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<IReadOnlyList<Sample>> RecentAsync(long now, CancellationToken cancellation = default) =>
        Task.Run<IReadOnlyList<Sample>>(
            async () =>
            {
                var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
                await using (context.ConfigureAwait(false))
                {
                    var rows = await context
                        .Set<MetricsHistoryRow>()
                        .AsNoTracking()
                        .Where(row => row.Timestamp >= now - MetricWindow.LengthMs && row.Timestamp <= now)
                        .OrderByDescending(row => row.Timestamp)
                        .Take(MetricWindow.Bound)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    rows.Reverse();
                    return [.. rows.Select(MetricsRows.ToSample)];
                }
            },
            cancellation
        );

    /// <summary>Means of the stored minutes from a moment on, one a step, oldest first; averaged by the database.</summary>
    /// <param name="from">Unix milliseconds.</param>
    /// <param name="stepMs">Length of a step, milliseconds.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<IReadOnlyList<Sample>> SeriesAsync(long from, long stepMs, CancellationToken cancellation = default) =>
        Task.Run<IReadOnlyList<Sample>>(
            async () =>
            {
                var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
                await using (context.ConfigureAwait(false))
                {
                    return await context
                        .Set<MetricsRow>()
                        .AsNoTracking()
                        .Where(row => row.Timestamp >= from)
                        .GroupBy(row => row.Timestamp / stepMs)
                        .OrderBy(step => step.Key)
                        .Select(step => new Sample
                        {
                            Timestamp = step.Key * stepMs,
                            CpuUsage = step.Average(row => row.CpuUsage),
                            MemoryUsage = step.Average(row => row.MemoryUsage),
                            DiskUsage = step.Average(row => row.DiskUsage),
                            SwapUsage = step.Average(row => row.SwapUsage),
                            GpuUsage = step.Average(row => row.GpuUsage),
                            GpuTemperature = step.Max(row => row.GpuTemperature),
                            GpuMemoryUsed = step.Average(row => row.GpuMemoryUsed),
                            GpuMemoryTotal = step.Max(row => row.GpuMemoryTotal),
                            GpuPowerUsage = step.Average(row => row.GpuPowerUsage),
                            ActiveModels = (int)step.Max(row => row.ActiveModels),
                            Uptime = (long)step.Max(row => row.Uptime),
                            RequestsPerMinute = step.Average(row => row.RequestsPerMinute),
                            Load1Min = step.Average(row => row.Load1Min),
                            NetRx = step.Average(row => row.NetRx),
                            NetTx = step.Average(row => row.NetTx),
                            TokensPerSecond = step.Average(row => row.TokensPerSecond),
                        })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                }
            },
            cancellation
        );
}
