using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Web.Proxy;

/// <summary>A request that waits at the gate of its model.</summary>
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
/// The line in front of one model: who works, who waits. Its lock is held for a few instructions only; starting engines and waiting is done
/// by
/// <see cref="RequestScheduler"/>.
/// </summary>
internal sealed class RequestQueue(long modelId, InFlightRegistry registry)
{
    private readonly Lock _gate = new();
    private readonly WaitingLine<Waiter> _line = new(int.MaxValue); // bounded where one joins
    private int _active;
    private bool _pumped;
    private double _eachMs; // what a request took lately, or 0

    /// <summary>The model.</summary>
    public long ModelId => modelId;

    /// <summary>Closed while a starving model needs this one's place: those inside finish, nobody new comes in.</summary>
    public bool IsDraining { get; set; }

    /// <summary>Whether the model is never stopped for another, as of its last request.</summary>
    public bool IsPinned { get; set; }

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _line.Count;
        }
    }

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

    /// <summary>When the first in line began to wait, or null.</summary>
    public long? OldestSince
    {
        get
        {
            lock (_gate)
                return _line.Count == 0 ? null : _line.Items.Min(waiter => waiter.Since);
        }
    }

    /// <summary>Goes straight through: nobody waits, and there is a place. What takes none only waits while the gate is closed.</summary>
    public bool TryEnter(int? concurrency, bool takesPlace)
    {
        lock (_gate)
        {
            if (IsDraining || (takesPlace && (_line.Count > 0 || _active >= (concurrency ?? int.MaxValue))))
                return false;
            _active += takesPlace ? 1 : 0;
        }

        registry.Enter(modelId);
        return true;
    }

    /// <summary>Joins the line. False when it is full.</summary>
    /// <param name="waiter">Who waits.</param>
    /// <param name="most">How many may wait.</param>
    /// <param name="mustPump">True when the caller has to start moving the line.</param>
    public bool TryJoin(Waiter waiter, int most, out bool mustPump)
    {
        lock (_gate)
        {
            mustPump = false;
            if (_line.Count >= most || !_line.TryAdd(waiter, waiter.Request.Priority))
                return false;
            Number();
            mustPump = !_pumped;
            _pumped = true;
            return true;
        }
    }

    /// <summary>Leaves the line. False when its turn has come already.</summary>
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
    /// <returns>False when nobody waits any longer or all places are taken: the line is then moved by the next who leaves.</returns>
    public bool Admit(Func<InstanceSnapshot?> running, int? concurrency)
    {
        while (true)
        {
            Waiter? next;
            lock (_gate)
            {
                if (_line.Count == 0 || IsDraining || _active >= (concurrency ?? int.MaxValue))
                {
                    _pumped = _line.Count > 0 && IsDraining;
                    return _pumped;
                }

                next = _line.TakeFirst()!;
                _active += next.Request.TakesPlace ? 1 : 0;
                Number();
            }

            registry.Enter(modelId);
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
        List<Waiter> waiting;
        lock (_gate)
        {
            waiting = [.. _line.Items];
            while (_line.TakeFirst() is not null)
            {
                // emptied
            }

            _pumped = false;
        }

        foreach (var waiter in waiting)
            waiter.Settle(turn);
    }

    /// <summary>Ends moving the line if nobody waits. False when somebody came meanwhile.</summary>
    public bool TryRest()
    {
        lock (_gate)
        {
            if (_line.Count > 0)
                return false;
            _pumped = false;
            return true;
        }
    }

    /// <summary>A place is free again. True when the caller has to move the line.</summary>
    /// <param name="tookPlace">Whether it took one.</param>
    /// <param name="took">How long it was at the engine; null where that says nothing.</param>
    public bool Leave(bool tookPlace, TimeSpan? took = null)
    {
        registry.Leave(modelId);
        lock (_gate)
        {
            if (tookPlace && took is { } time)
                _eachMs = _eachMs == 0 ? time.TotalMilliseconds : (_eachMs * 0.8) + (time.TotalMilliseconds * 0.2);
            _active -= tookPlace ? 1 : 0;
            if (_line.Count == 0 || _pumped)
                return false;
            _pumped = true;
            return true;
        }
    }

    private void PutBack(Waiter waiter)
    {
        registry.Leave(modelId);
        lock (_gate)
        {
            _active -= waiter.Request.TakesPlace ? 1 : 0;
            if (!waiter.HasLeft)
                _line.PutFirst(waiter, waiter.Request.Priority);
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
