using System.Collections.Concurrent;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Telemetry;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Tells that requests came or went.</summary>
internal sealed record InFlightChanged
{
    /// <summary>The only message.</summary>
    public static InFlightChanged Message { get; } = new();
}

/// <summary>
/// All requests under way, and how busy each model is: read by the supervisor before it stops an idle engine, by pages and by
/// <c>/api/inflight</c>.
/// </summary>
internal sealed class InFlightRegistry(TimeProvider clock, RequestMeter meter, Broadcast<InFlightChanged> changes, LoadSignal signal)
    : IPerModelState
{
    // Bounded by Kestrel's connections; each request leaves in a finally.
    private readonly ConcurrentDictionary<long, InFlightRequest> _requests = new();
    private readonly ModelLoads _loads = new(); // one entry a model that was asked for, until it is deleted
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private long _last;

    /// <inheritdoc/>
    public IReadOnlyCollection<long> Models => _loads.Models;

    /// <inheritdoc/>
    public void Forget(long modelId) => _loads.Forget(modelId);

    /// <summary>Tells when requests come and go.</summary>
    public Broadcast<InFlightChanged> Changes => changes;

    /// <summary>Requests under way, oldest first.</summary>
    public IReadOnlyList<InFlightRequest> All => [.. _requests.Values.OrderBy(request => request.Id)];

    /// <summary>How many are under way.</summary>
    public int Count => _requests.Count;

    /// <summary>A request has arrived.</summary>
    public InFlightRequest Begin(ProxyRoute route, string path)
    {
        meter.Count();
        var id = Interlocked.Increment(ref _last);
        var request = new InFlightRequest(
            id,
            $"req-{_run}-{id:x}",
            route,
            path,
            clock.GetUtcNow().ToUnixTimeMilliseconds(),
            clock.GetTimestamp()
        );
        _requests[id] = request;
        changes.Publish(InFlightChanged.Message);
        return request;
    }

    /// <summary>A request is over.</summary>
    public void End(InFlightRequest request)
    {
        _requests.TryRemove(request.Id, out _);
        if (request.SucceededTimestamp != 0 && request.Target is { } target)
            _loads.Succeed(target.Model.Id, request.SucceededTimestamp);
        request.Dispose();
        changes.Publish(InFlightChanged.Message);
    }

    /// <summary>Cancels a request. False when there is none with the id.</summary>
    public bool Cancel(long id)
    {
        if (!_requests.TryGetValue(id, out var request))
            return false;
        try
        {
            request.Cancel();
        }
        catch (ObjectDisposedException)
        {
            return false; // it ended meanwhile
        }

        return true;
    }

    /// <summary>Requests the engine of a model works on, and those about to be handed to it.</summary>
    public int Busy(long modelId) => _loads.Find(modelId).Busy;

    /// <summary>How long ago the last request of a model ended, or null when it had none: idle time counts from here.</summary>
    public TimeSpan? CompletedAgo(long modelId) => _loads.Find(modelId).Completed is not 0 and var last ? clock.GetElapsedTime(last) : null;

    /// <summary>How long ago the engine of a model last sent something of use, also in an answer that is not over, or null for
    /// never.</summary>
    public TimeSpan? SucceededAgo(long modelId)
    {
        var last = _loads.Find(modelId).Succeeded;
        foreach (var (_, request) in _requests)
        {
            if (request.Target?.Model.Id == modelId)
                last = Math.Max(last, request.SucceededTimestamp);
        }

        return last == 0 ? null : clock.GetElapsedTime(last);
    }

    /// <summary>A request takes a place at an engine.</summary>
    public void Enter(long modelId) => _loads.Enter(modelId);

    /// <summary>It leaves its place.</summary>
    public void Leave(long modelId)
    {
        if (_loads.Leave(modelId, clock.GetTimestamp()))
            signal.Raise();
    }
}
