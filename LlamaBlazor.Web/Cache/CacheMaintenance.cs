using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Live;

namespace LlamaBlazor.Web.Cache;

/// <summary>Saves hit counts every few seconds, and once a minute removes what has expired or no longer fits.</summary>
internal sealed class CacheMaintenance(
    CacheStore store,
    DatabaseState database,
    Broadcast<DatabaseReplaced> replaced,
    Broadcast<RequestKeeping> limits,
    TimeProvider clock,
    ILogger<CacheMaintenance> logger
) : BackgroundService
{
    private static readonly TimeSpan HitsInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CleanUpInterval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        const string trouble = "The response cache could not be maintained";
        var hits = new PeriodicWork(trouble, store.SaveHitsAsync, clock, logger) { Interval = HitsInterval };
        var cleanUp = new PeriodicWork(trouble, store.CleanUpAsync, clock, logger) { Interval = CleanUpInterval };
        using var subscription = replaced.Subscribe(_ => store.Forget());
        using var limit = limits.Subscribe(_ => cleanUp.Wake()); // less room, perhaps
        await Task.WhenAll(hits.RunAsync(database.Ready, stoppingToken), cleanUp.RunAsync(database.Ready, stoppingToken))
            .ConfigureAwait(false);
    }
}
