using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Live;

namespace LlamaBlazor.Web.Cache;

/// <summary>Saves hit counts every few seconds, and once a minute removes what has expired or no longer fits.</summary>
internal sealed partial class CacheMaintenance(
    CacheStore store,
    DatabaseState database,
    Broadcast<DatabaseReplaced> replaced,
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
            using var subscription = replaced.Subscribe(_ => store.Forget());
            using var limit = limits.Subscribe(message => _ = TryAsync(() => store.CleanUpAsync(stoppingToken))); // less room, perhaps
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
