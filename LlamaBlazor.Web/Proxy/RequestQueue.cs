using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Web.Proxy;

/// <summary>A request that waits in the queue of its model.</summary>
internal sealed class Waiter(InFlightRequest request, long since)
{
    private readonly TaskCompletionSource<Grant> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The request.</summary>
    public InFlightRequest Request => request;

    /// <summary>Whether it has left while its turn was coming.</summary>
    public bool HasLeft { get; set; }

    /// <summary>When it began to wait.</summary>
    public long Since => since;

    /// <summary>Completes when it is let through or refused.</summary>
    public Task<Grant> Grant => _turn.Task;

    /// <summary>Lets it through, or refuses it.</summary>
    public void Settle(Grant turn) => _turn.TrySetResult(turn);
}

/// <summary>How waiting ended: at an engine, or with a reason why not.</summary>
internal readonly record struct Grant(InstanceSnapshot? Engine, ProxyError? Error = null, string? Message = null, int RetryAfter = 0);

/// <summary>
/// The queue in front of one model: who works, who waits. Its lock is held for a few instructions only; starting engines and waiting is
/// done by <see cref="RequestMover"/>, which moves it.
/// </summary>
internal sealed class RequestQueue
{
    private readonly Lock _gate = new();
    private readonly PrioritizedQueue<Waiter> _line;
    private readonly long _modelId;
    private readonly InFlightRegistry _registry;
    private int _active;
    private double _eachMs; // what a request took lately, or 0

    /// <summary>Makes an empty one.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="registry">Counts those at work.</param>
    /// <param name="move">A round: lets through whom it can.</param>
    /// <param name="clock">The time.</param>
    public RequestQueue(long modelId, InFlightRegistry registry, Func<RequestQueue, ValueTask<TimeSpan?>> move, TimeProvider clock)
    {
        (_modelId, _registry) = (modelId, registry);
        _line = new PrioritizedQueue<Waiter>(
            int.MaxValue, /* bounded where one joins */
            () => move(this),
            clock
        );
    }

    /// <summary>The model.</summary>
    public long ModelId => _modelId;

    /// <summary>The model as of its last request; null before the first.</summary>
    public ProxyModel? Model { get; set; }

    /// <summary>Closed while a starving model needs this one's place: those inside finish, nobody new comes in.</summary>
    public bool IsDraining { get; set; }

    /// <summary>How many wait.</summary>
    public int Waiting => _line.Count;

    /// <summary>How long a request takes at the engine: the average with more weight on the last ones, or null.</summary>
    public TimeSpan? Each
    {
        get
        {
            lock (_gate)
                return _eachMs > 0 ? TimeSpan.FromMilliseconds(_eachMs) : null;
        }
    }

    /// <summary>How many are at work.</summary>
    public int Active
    {
        get
        {
            lock (_gate)
                return _active;
        }
    }

    /// <summary>Whether nobody waits, nor is at work in a place.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _active == 0 && _line.IsEmpty;
        }
    }

    /// <summary>When the one that waits longest began to, by the monotonic clock, or null.</summary>
    public long? OldestSince => _line.Items is { Count: > 0 } waiting ? waiting.Min(waiter => waiter.Since) : null;

    /// <summary>Goes straight through: nobody waits, and there is a place. What takes none only waits while the queue is closed.</summary>
    public bool TryEnter(int? concurrency, bool takesPlace)
    {
        lock (_gate)
        {
            if (IsDraining || (takesPlace && (!_line.IsEmpty || _active >= (concurrency ?? int.MaxValue))))
                return false;
            _active += takesPlace ? 1 : 0;
        }

        _registry.Enter(_modelId);
        return true;
    }

    /// <summary>Joins those that wait. False when they are too many.</summary>
    /// <param name="waiter">Who waits.</param>
    /// <param name="most">How many may wait.</param>
    public bool TryJoin(Waiter waiter, int most)
    {
        lock (_gate)
        {
            if (_line.Count >= most || !_line.TryAdd(waiter, waiter.Request.Priority, waiter.Since))
                return false;
            Number();
        }

        _line.Wake();
        return true;
    }

    /// <summary>Leaves. False when its turn has come already.</summary>
    public bool TryQuit(Waiter waiter)
    {
        lock (_gate)
        {
            var waited = _line.Remove(waiter);
            waiter.HasLeft = !waited;
            Number();
            return waited;
        }
    }

    /// <summary>Lets through as many as there are places for.</summary>
    /// <param name="running">The engine as it is now, or null when it does not run.</param>
    /// <param name="concurrency">Places.</param>
    /// <returns>
    /// True where somebody waits for what nobody wakes the queue for: that it opens, or that the engine runs again. False when nobody waits
    /// any longer or all places are taken: the next who leaves wakes it.
    /// </returns>
    public bool Admit(Func<InstanceSnapshot?> running, int? concurrency)
    {
        while (true)
        {
            Waiter next;
            lock (_gate)
            {
                if (IsDraining)
                    return !_line.IsEmpty;
                if (_active >= (concurrency ?? int.MaxValue) || _line.TakeFirst() is not { } first)
                    return false;
                next = first;
                _active += next.Request.TakesPlace ? 1 : 0;
                Number();
            }

            _registry.Enter(_modelId);
            // Looked at only now that the place is taken: the supervisor stops no model that has one, but may have begun to before.
            if (running() is { } engine)
            {
                next.Settle(new Grant(engine));
                continue;
            }

            PutBack(next);
            return true;
        }
    }

    /// <summary>Refuses all who wait.</summary>
    public void Refuse(Grant turn)
    {
        foreach (var waiter in _line.TakeAll())
            waiter.Settle(turn);
    }

    /// <summary>A place is free again.</summary>
    /// <param name="tookPlace">Whether it took one.</param>
    /// <param name="took">How long it was at the engine; null where that says nothing.</param>
    public void Leave(bool tookPlace, TimeSpan? took = null)
    {
        _registry.Leave(_modelId);
        lock (_gate)
        {
            if (tookPlace && took is { } time)
                _eachMs = _eachMs == 0 ? time.TotalMilliseconds : (_eachMs * 0.8) + (time.TotalMilliseconds * 0.2);
            _active -= tookPlace ? 1 : 0;
        }

        _line.Wake();
    }

    private void PutBack(Waiter waiter)
    {
        _registry.Leave(_modelId);
        lock (_gate)
        {
            _active -= waiter.Request.TakesPlace ? 1 : 0;
            if (!waiter.HasLeft)
                _line.PutBack(waiter, waiter.Request.Priority, waiter.Since);
            Number();
        }

        if (waiter.HasLeft)
            waiter.Settle(new Grant(null, ProxyError.ClientGone)); // nobody reads it; it says that no place is held
    }

    // Places shown to people; the line is short (at most capacity).
    private void Number()
    {
        var place = 0;
        foreach (var waiter in _line.Items)
            waiter.Request.Place = ++place;
    }
}
