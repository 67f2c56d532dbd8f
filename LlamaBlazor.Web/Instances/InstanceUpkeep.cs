using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>Starts the preloaded models once, and hands on what changes elsewhere: settings that need no restart are taken over, instances
/// of deleted models are let go.</summary>
internal sealed partial class InstanceUpkeep(
    InstanceSupervisor supervisor,
    InstanceActors actors,
    Preloader preloader,
    Broadcast<ConfigChanged> changes,
    Broadcast<ModelChanged> models,
    IOptionsMonitor<InstanceOptions> options,
    ILogger<InstanceUpkeep> logger
) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await actors.Open.WaitAsync(stoppingToken).ConfigureAwait(false);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = stoppingToken.Register(ended.SetResult);
        using var news = changes.Subscribe(change =>
            _ = change.ModelId is { } model ? GuardAsync(() => supervisor.RefreshAsync(model, stoppingToken)) : Task.CompletedTask
        );
        using var deletions = models.Subscribe(change =>
            _ = change.Kind is ModelChanged.Deleted or ModelChanged.Library
                ? GuardAsync(() => supervisor.ForgetDeletedAsync(stoppingToken))
                : Task.CompletedTask
        );
        if (options.CurrentValue.Preload)
            await GuardAsync(() => preloader.RunAsync(stoppingToken)).ConfigureAwait(false);
        await ended.Task.ConfigureAwait(false);
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The dashboard ends.
        }
        catch (Exception error)
        {
            LogFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What has changed could not be handed on to the instances; it goes on")]
    private partial void LogFailed(Exception error);
}
