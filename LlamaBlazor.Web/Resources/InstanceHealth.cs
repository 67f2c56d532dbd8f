using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Connections;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Resources;

/// <summary>Whether engines say that they are well, and the history of that: a row for each state, for as long as it lasts.</summary>
internal sealed class InstanceHealth(EngineClient client)
{
    private const int AtOnce = 8;
    private const string Unknown = "unknown";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>Asks each, a few at a time: one that hangs must not hold up the others, nor fifty be asked at once.</summary>
    public async Task<bool[]> AskAsync(IReadOnlyList<InstanceSnapshot> living, CancellationToken cancellation)
    {
        using var places = new SemaphoreSlim(AtOnce);
        return await Task.WhenAll(
                living.Select(async instance =>
                {
                    await places.WaitAsync(cancellation).ConfigureAwait(false);
                    try
                    {
                        return await client.IsHealthyAsync(EngineAddress.Of(instance), AnswerLimit, cancellation).ConfigureAwait(false);
                    }
                    finally
                    {
                        places.Release();
                    }
                })
            )
            .ConfigureAwait(false);
    }

    /// <summary>Of one that has ended nobody knows whether it is healthy: its history ends with that.</summary>
    public static async Task EndAsync(LlamaDbContext context, List<long> living, long now, CancellationToken cancellation)
    {
        var checks = context.Set<HealthCheckRow>();
        var ended = await checks
            .Where(check =>
                check.Status != Unknown
                && !checks.Any(later => later.ContainerId == check.ContainerId && later.Id > check.Id)
                && !context.Instances.Any(row => row.ContainerId == check.ContainerId && living.Contains(row.Id))
            )
            .Select(check => check.ContainerId)
            .Distinct()
            .OrderBy(id => id)
            .Take(1000)
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        context.AddRange(
            ended.Select(id => new HealthCheckRow
            {
                ContainerId = id,
                Status = Unknown,
                Timestamp = now,
                CheckedAt = now,
                Detail = "ended",
            })
        );
    }

    /// <summary>Writes what an engine said.</summary>
    public static async Task WriteAsync(
        LlamaDbContext context,
        InstanceSnapshot instance,
        string container,
        bool isHealthy,
        long now,
        CancellationToken cancellation
    )
    {
        var status =
            isHealthy ? "healthy"
            : instance.Phase is InstancePhase.Running ? "unhealthy"
            : Unknown;
        var health = await context
            .Set<HealthCheckRow>()
            .Where(check => check.ContainerId == container)
            .OrderByDescending(check => check.Id)
            .FirstOrDefaultAsync(cancellation)
            .ConfigureAwait(false);
        if (health?.Status != status) // a row for each state, for as long as it lasts
            context.Add(
                health = new HealthCheckRow
                {
                    ContainerId = container,
                    Status = status,
                    Timestamp = now,
                }
            );
        health.FailureCount = status == "unhealthy" ? health.FailureCount + 1 : 0;
        (health.CheckedAt, health.Detail) = (now, isHealthy ? "ok" : instance.RuntimeStatus);
    }
}
