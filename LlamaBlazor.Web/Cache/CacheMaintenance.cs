using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Live;

namespace LlamaBlazor.Web.Cache;

/// <summary>Saves hit counts every few seconds, and once a minute removes what has expired or no longer fits.</summary>
internal sealed partial class CacheMaintenance(
    CacheStore store,
    CacheSwitch @switch,
    DatabaseState database,
    Broadcast<DatabaseReplaced> replaced,
    Broadcast<PreferencesChanged> imported,
    Broadcast<RequestKeeping> limits,
    TimeProvider clock,
    ILogger<CacheMaintenance> logger
) : BackgroundService
{
    private const int TicksPerCleanup = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
            using var subscription = replaced.Subscribe(message =>
            {
                store.Forget();
                _ = TryAsync(() => @switch.LoadAsync(stoppingToken));
            });
            using var import = imported.Subscribe(message => _ = TryAsync(() => FollowAsync(stoppingToken)));
            using var limit = limits.Subscribe(message => _ = TryAsync(() => store.CleanUpAsync(stoppingToken))); // less room, perhaps
            await TryAsync(() => @switch.LoadAsync(stoppingToken)).ConfigureAwait(false);
            using var timer = new PeriodicTimer(Interval, clock);
            for (var tick = 1; await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false); tick++)
            {
                await TryAsync(() => store.SaveHitsAsync(stoppingToken)).ConfigureAwait(false);
                if (tick % TicksPerCleanup == 0)
                    await TryAsync(() => store.CleanUpAsync(stoppingToken)).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidOperationException)
        {
            // The dashboard ends, or its database cannot be used, which is shown everywhere.
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        await @switch.LoadAsync(cancellation).ConfigureAwait(false);
        await store.CleanUpAsync(cancellation).ConfigureAwait(false);
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The response cache could not be maintained; it is tried again soon")]
    private partial void LogFailed(Exception error);
}
