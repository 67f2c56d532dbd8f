using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Starts a model, or joins a start under way, and returns when it answers.</summary>
internal delegate Task<Result<InstanceSnapshot>> EnsureReady(long modelId, CancellationToken cancellation);

/// <summary>Moves the queue of a model, only while somebody waits: starts the model, reads its slots, lets requests through.</summary>
internal sealed partial class RequestMover(
    InstanceRegistry instances,
    EnsureReady ensureReady,
    EngineSlots slots,
    RequestQueues queues,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<RequestMover> logger
)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <summary>What is told while the dashboard ends.</summary>
    public static Grant ShuttingDown { get; } =
        new(null, ProxyError.ShuttingDown, "The dashboard is being stopped. Try again when it is back.", 5);

    /// <summary>One round.</summary>
    /// <param name="queue">Whose turn it is.</param>
    /// <returns>When it wants to look again at the latest; null where somebody who leaves or joins wakes it.</returns>
    public async ValueTask<TimeSpan?> MoveAsync(RequestQueue queue)
    {
        var model = queue.Model!; // somebody waits, so it was asked for
        try
        {
            queues.StopDraining(); // whoever closed it may have gone
            lifetime.ApplicationStopping.ThrowIfCancellationRequested();
            if (instances.FindRunning(model.Id) is { } engine)
            {
                await slots.ReadAsync(engine).ConfigureAwait(false);
                // closed, or stopped just now
                return queue.Admit(() => instances.FindRunning(model.Id), slots.PlacesOf(model, engine)) ? LookAgain : null;
            }

            if (await StartAsync(queue, model).ConfigureAwait(false) is not { } refusal)
                return TimeSpan.Zero;
            queue.Refuse(refusal);
        }
        catch (OperationCanceledException)
        {
            queue.Refuse(ShuttingDown);
        }
        catch (Exception error)
        {
            LogFailed(model.Name, error);
            queue.Refuse(new Grant(null, ProxyError.StartFailed, $"'{model.Name}' could not be started: {error.Message}"));
        }
        finally
        {
            queues.StopDraining();
        }

        return null;
    }

    // Starts the model as long as anybody waits for it. Returns why it cannot be, or null.
    private async Task<Grant?> StartAsync(RequestQueue queue, ProxyModel model)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        var start = ensureReady(model.Id, given.Token);
        while (!start.IsCompleted)
        {
            try
            {
                await start.WaitAsync(LookAgain, clock, CancellationToken.None).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                queues.DrainForStarving();
            }
            catch (OperationCanceledException) when (start.IsCompleted)
            {
                break;
            }

            if (queue.Waiting == 0 && !start.IsCompleted)
                await given.CancelAsync().ConfigureAwait(false); // nobody is left to start it for
        }

        try
        {
            var result = await start.ConfigureAwait(false);
            return result.Failure switch
            {
                null => null,
                { Kind: FailureKind.NotFound } => new Grant(
                    null,
                    ProxyError.ModelNotFound,
                    $"The model '{model.Name}' does not exist any more. GET /v1/models lists all."
                ),
                var failure => new Grant(null, ProxyError.StartFailed, failure.Message, 10),
            };
        }
        catch (OperationCanceledException) when (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return null; // given up, or stopped by somebody: who waits now starts it anew
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Requests for '{Model}' could not be served")]
    private partial void LogFailed(string model, Exception error);
}
