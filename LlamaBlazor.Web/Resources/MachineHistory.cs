using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Telemetry.Storage;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Resources;

/// <summary>What was recorded of the machine and the instances: the two views, the snapshots and the history of health (seeds S4.6, S4.8,
/// S4.12).</summary>
internal sealed class MachineHistory(IDbContextFactory<LlamaDbContext> contexts)
{
    /// <summary>The last hour in one row; without figures where nothing was recorded.</summary>
    public async Task<SystemSummaryView> SummaryAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(context => context.Set<SystemSummaryView>().SingleAsync(cancellation), cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Running instances with their averages of five minutes.</summary>
    public async Task<IReadOnlyList<ActiveContainerView>> ActiveAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                context => context.Set<ActiveContainerView>().OrderBy(row => row.ContainerName).Take(1000).ToListAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Snapshots of the machine, newest first.</summary>
    /// <param name="since">Unix milliseconds of the oldest, or null.</param>
    /// <param name="after">Row of the last one seen, or null.</param>
    /// <param name="limit">How many.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ListPage<SnapshotAnswer>> SnapshotsAsync(long? since, long? after, int limit, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync<ListPage<SnapshotAnswer>>(
                async context =>
                {
                    var rows = await context
                        .Set<SystemSnapshotRow>()
                        .Where(row => (since == null || row.Timestamp >= since) && (after == null || row.Id < after))
                        .OrderByDescending(row => row.Id)
                        .Take(limit + 1)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    return new([.. rows.Take(limit).Select(SnapshotAnswer.Of)], rows.Count > limit ? $"{rows[limit - 1].Id}" : null);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>States of health, newest first.</summary>
    /// <param name="instance">Row of an instance, or null for all.</param>
    /// <param name="after">Row of the last one seen, or null.</param>
    /// <param name="limit">How many.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ListPage<HealthItem>> HealthAsync(long? instance, long? after, int limit, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync<ListPage<HealthItem>>(
                async context =>
                {
                    var query =
                        from check in context.Set<HealthCheckRow>()
                        join row in context.Instances on check.ContainerId equals row.ContainerId
                        where (instance == null || row.Id == instance) && (after == null || check.Id < after)
                        orderby check.Id descending
                        select new HealthItem(
                            check.Id,
                            row.Id,
                            row.ContainerName,
                            check.Status,
                            check.Timestamp,
                            check.CheckedAt,
                            check.FailureCount,
                            check.Detail
                        );
                    var items = await query.Take(limit + 1).ToListAsync(cancellation).ConfigureAwait(false);
                    return items.Count > limit ? new(items[..limit], $"{items[limit - 1].Id}") : new(items, null);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }
}

/// <summary>A state of an instance's health.</summary>
/// <param name="Id">Row.</param>
/// <param name="InstanceId">The instance.</param>
/// <param name="Name">Its model.</param>
/// <param name="Status">healthy, unhealthy or unknown.</param>
/// <param name="Timestamp">When it was seen first, Unix milliseconds.</param>
/// <param name="CheckedAt">When it was seen last, Unix milliseconds.</param>
/// <param name="FailureCount">Failures in a row.</param>
/// <param name="Detail">Last answer.</param>
internal sealed record HealthItem(
    long Id,
    long InstanceId,
    string Name,
    string Status,
    long Timestamp,
    long CheckedAt,
    long FailureCount,
    string? Detail
);
