using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy;

/// <summary>
/// Lets requests through to engines: at once where the engine runs and has a place, else after waiting in its queue, which
/// <see cref="RequestMover"/> moves while the model is started; when the last one has left, the start is given up.
/// </summary>
internal sealed class RequestScheduler(
    InstanceRegistry instances,
    EngineSlots slots,
    RequestQueues queues,
    RequestMover mover,
    IOptionsMonitor<ProxyOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider clock
)
{
    /// <summary>Name of the model that runs, where exactly one does; else null.</summary>
    public string? OnlyRunning
    {
        get
        {
            var running = instances.ByModel.Values.Where(instance => instance.Phase is InstancePhase.Running).Take(2).ToList();
            return running.Count == 1 ? running[0].Model : null;
        }
    }

    /// <summary>Waits until the request may go to an engine. Every turn without an error must be given back by
    /// <see cref="Leave"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="keepAlive">Called now and then while it waits, or null.</param>
    /// <param name="cancellation">The client went away.</param>
    public async ValueTask<Grant> EnterAsync(InFlightRequest request, Func<Task>? keepAlive, CancellationToken cancellation)
    {
        var model = request.Target!.Model;
        var queue = queues.Get(model.Id, mover.MoveAsync);
        (queue.Model, request.Queue) = (model, queue);
        if (instances.FindRunning(model.Id) is { } running && queue.TryEnter(slots.PlacesOf(model, running), request.TakesPlace))
        {
            // Looked at again, now that the place is taken: the supervisor may have begun to stop it in between.
            if (instances.FindRunning(model.Id) is { } engine)
            {
                request.EnteredTimestamp = clock.GetTimestamp();
                return new Grant(engine);
            }

            Leave(request);
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return RequestMover.ShuttingDown;
        var waiter = new Waiter(request, clock.GetTimestamp());
        request.State = InFlightState.Queued;
        if (!queue.TryJoin(waiter, Policy.Size))
        {
            return new Grant(
                null,
                ProxyError.QueueFull,
                $"{Policy.Size} requests are waiting for '{model.Name}' already. Try again later, or raise LlamaBlazor:Proxy:QueueSize.",
                RetryAfter(queue)
            );
        }

        var turn = await WaitAsync(queue, waiter, keepAlive, cancellation).ConfigureAwait(false);
        Measure(waiter);
        request.EnteredTimestamp = clock.GetTimestamp();
        return turn;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(InFlightRequest request)
    {
        var took = request.EnteredTimestamp == 0 ? (TimeSpan?)null : clock.GetElapsedTime(request.EnteredTimestamp);
        request.Queue!.Leave(request.TakesPlace, took);
    }

    private RequestQueuePolicy Policy => options.CurrentValue.Queue;

    private int RetryAfter(RequestQueue queue) => Policy.RetryAfterSeconds(queue.Waiting, queue.Each, queue.Active);

    private async Task<Grant> WaitAsync(RequestQueue queue, Waiter waiter, Func<Task>? keepAlive, CancellationToken cancellation)
    {
        var pause = keepAlive is null ? Policy.WaitLimit : TimeSpan.FromSeconds(Math.Max(1, options.CurrentValue.KeepAliveSeconds));
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(
            cancellation,
            waiter.Request.Cancelled,
            lifetime.ApplicationStopping
        );
        try
        {
            while (true)
            {
                var left = Policy.WaitLimit - clock.GetElapsedTime(waiter.Since);
                if (left <= TimeSpan.Zero)
                    return Quit(queue, waiter, TimedOut(queue, waiter.Request.Target!.Model));
                try
                {
                    return await waiter.Grant.WaitAsync(left < pause ? left : pause, clock, gone.Token).ConfigureAwait(false);
                }
                catch (TimeoutException) when (keepAlive is not null)
                {
                    await keepAlive().ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    // The limit is checked above.
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            return Quit(queue, waiter, WhyGone(waiter, error, cancellation));
        }
        catch
        {
            Quit(queue, waiter, default); // a bug of ours must not leave a place taken for ever
            throw;
        }
    }

    // A model that waits for its place says what for: memory, load, or another model.
    private Grant TimedOut(RequestQueue queue, ProxyModel model)
    {
        var reason = instances.Find(model.Id) is { Phase: not InstancePhase.Running, Reason: { Length: > 0 } words } ? $" {words}" : "";
        return new(
            null,
            ProxyError.QueueTimeout,
            $"The request waited {Policy.WaitLimit.TotalSeconds:0} seconds for '{model.Name}'.{reason} Try again later, or raise "
                + "LlamaBlazor:Proxy:QueueWaitSeconds.",
            RetryAfter(queue)
        );
    }

    private static Grant WhyGone(Waiter waiter, Exception error, CancellationToken client)
    {
        if (client.IsCancellationRequested || error is IOException)
            return new Grant(null, ProxyError.ClientGone, "The client went away while it waited.");
        return waiter.Request.Cancelled.IsCancellationRequested
            ? new Grant(null, ProxyError.Cancelled, "The request was cancelled in the dashboard.")
            : RequestMover.ShuttingDown;
    }

    // Its turn may have come at the same moment: then the place goes back.
    private Grant Quit(RequestQueue queue, Waiter waiter, Grant turn)
    {
        if (!queue.TryQuit(waiter))
            _ = GiveBackAsync(waiter);
        return turn;
    }

    private async Task GiveBackAsync(Waiter waiter)
    {
        if ((await waiter.Grant.ConfigureAwait(false)).Error is null)
            Leave(waiter.Request);
    }

    // What was waited while the engine was not ready is loading, the rest is queueing.
    private void Measure(Waiter waiter)
    {
        var request = waiter.Request;
        var waited = clock.GetElapsedTime(waiter.Since);
        var ready = instances.Find(request.Target!.Model.Id)?.ReadySince;
        var begun = clock.Monotonic() - clock.GetElapsedTime(request.StartTimestamp);
        var loading = ready is { } since ? Math.Clamp((since - begun).TotalMilliseconds, 0, waited.TotalMilliseconds) : 0;
        request.LoadMs += loading;
        request.QueueMs += waited.TotalMilliseconds - loading;
        request.Place = 0;
    }
}
