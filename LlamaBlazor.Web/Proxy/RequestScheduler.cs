using System.Collections.Concurrent;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Starts a model, or joins a start under way, and returns when it answers.</summary>
internal delegate Task<Result<InstanceSnapshot>> EnsureReady(long modelId, CancellationToken cancellation);

/// <summary>
/// Lets requests through to engines: at once where the engine runs and has a place, else after waiting in line while the model is started.
/// One task
/// moves the line of a model, whoever waits; when the last one has left, the start is given up.
/// </summary>
internal sealed partial class RequestScheduler(
    InstanceRegistry board,
    EnsureReady ensureReady,
    EngineSlots slots,
    InFlightRegistry registry,
    IOptionsMonitor<ProxyOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<RequestScheduler> logger
)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<long, RequestQueue> _gates = new(); // one a model that was ever asked for
    private readonly Lock _drains = new();

    /// <summary>Name of the model that runs, where exactly one does; else null.</summary>
    public string? OnlyRunning
    {
        get
        {
            var running = board.ByModel.Values.Where(instance => instance.Phase is InstancePhase.Running).Take(2).ToList();
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
        var gate = GateOf(model.Id);
        gate.IsPinned = model.IsPinned;
        if (RunningAt(model.Id) is { } running && gate.TryEnter(Places(model, running), request.TakesPlace))
        {
            // Looked at again, now that the place is taken: the supervisor may have begun to stop it in between.
            if (RunningAt(model.Id) is { } engine)
            {
                request.EnteredTimestamp = clock.GetTimestamp();
                return new Grant(engine);
            }

            Leave(request);
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return ShuttingDown;
        var waiter = new Waiter(request, clock.GetTimestamp());
        request.State = InFlightState.Queued;
        if (!gate.TryJoin(waiter, QueuePolicy.Size, out var mustPump))
        {
            return new Grant(
                null,
                ProxyError.QueueFull,
                $"{QueuePolicy.Size} requests are waiting for '{model.Name}' already. Try again later, or raise "
                    + "LlamaBlazor:Proxy:QueueSize.",
                RetryAfter(gate)
            );
        }

        if (mustPump)
            Pump(gate, model);
        var turn = await WaitAsync(gate, waiter, keepAlive, cancellation).ConfigureAwait(false);
        Measure(waiter);
        request.EnteredTimestamp = clock.GetTimestamp();
        return turn;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(InFlightRequest request)
    {
        var model = request.Target!.Model;
        var gate = GateOf(model.Id);
        if (gate.Leave(request.TakesPlace, request.EnteredTimestamp == 0 ? null : clock.GetElapsedTime(request.EnteredTimestamp)))
            Pump(gate, model);
    }

    private RequestQueuePolicy QueuePolicy => options.CurrentValue.Queue;

    private int RetryAfter(RequestQueue gate) => QueuePolicy.RetryAfterSeconds(gate.Waiting, gate.Each, gate.Active);

    private static Grant ShuttingDown =>
        new(null, ProxyError.ShuttingDown, "The dashboard is being stopped. Try again when it is back.", 5);

    private RequestQueue GateOf(long modelId) => _gates.GetOrAdd(modelId, static (id, more) => new RequestQueue(id, more), registry);

    // What is set for the model, else as many as the engine has slots, else no limit.
    private int? Places(ProxyModel model, InstanceSnapshot engine) => model.Concurrency ?? slots.Find(engine);

    private InstanceSnapshot? RunningAt(long modelId) =>
        board.Find(modelId) is { Phase: InstancePhase.Running, BaseUrl: not null } engine ? engine : null;

    private async Task<Grant> WaitAsync(RequestQueue gate, Waiter waiter, Func<Task>? keepAlive, CancellationToken cancellation)
    {
        var pause = keepAlive is null ? QueuePolicy.WaitLimit : TimeSpan.FromSeconds(Math.Max(1, options.CurrentValue.KeepAliveSeconds));
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(
            cancellation,
            waiter.Request.Cancelled,
            lifetime.ApplicationStopping
        );
        try
        {
            while (true)
            {
                var left = QueuePolicy.WaitLimit - clock.GetElapsedTime(waiter.Since);
                if (left <= TimeSpan.Zero)
                    return Quit(gate, waiter, TimedOut(gate, waiter.Request.Target!.Model));
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
            return Quit(gate, waiter, WhyGone(waiter, error, cancellation));
        }
        catch
        {
            Quit(gate, waiter, default); // a bug of ours must not leave a place taken for ever
            throw;
        }
    }

    // A model that waits for its place says what for: memory, load, or another model.
    private Grant TimedOut(RequestQueue gate, ProxyModel model)
    {
        var reason = board.Find(model.Id) is { Phase: not InstancePhase.Running, Reason: { Length: > 0 } words } ? $" {words}" : "";
        return new(
            null,
            ProxyError.QueueTimeout,
            $"The request waited {QueuePolicy.WaitLimit.TotalSeconds:0} seconds for '{model.Name}'.{reason} Try again later, or raise "
                + "LlamaBlazor:Proxy:QueueWaitSeconds.",
            RetryAfter(gate)
        );
    }

    private static Grant WhyGone(Waiter waiter, Exception error, CancellationToken client)
    {
        if (client.IsCancellationRequested || error is IOException)
            return new Grant(null, ProxyError.ClientGone, "The client went away while it waited.");
        return waiter.Request.Cancelled.IsCancellationRequested
            ? new Grant(null, ProxyError.Cancelled, "The request was cancelled in the dashboard.")
            : ShuttingDown;
    }

    // Its turn may have come at the same moment: then the place goes back.
    private Grant Quit(RequestQueue gate, Waiter waiter, Grant turn)
    {
        if (!gate.TryQuit(waiter))
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
        var readyAt = board.Find(request.Target!.Model.Id)?.ReadyAt;
        var loading = readyAt is null ? 0 : Math.Clamp(readyAt.Value - request.StartedAt, 0, waited.TotalMilliseconds);
        request.LoadMs += loading;
        request.QueueMs += waited.TotalMilliseconds - loading;
        request.Place = 0;
    }
}
