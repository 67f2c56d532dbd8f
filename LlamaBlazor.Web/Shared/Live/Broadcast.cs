namespace LlamaBlazor.Web.Shared.Live;

/// <summary>Tells many subscribers about a change. A subscriber that throws is reported and does not disturb the others.</summary>
/// <typeparam name="T">An immutable message.</typeparam>
internal sealed class Broadcast<T>(ILogger<Broadcast<T>> logger)
{
    private readonly Lock _gate = new();
    private Action<T>[] _handlers = [];

    /// <summary>Those who subscribe now.</summary>
    public int Subscribers => Volatile.Read(ref _handlers).Length;

    /// <summary>Calls the handler for each message until the subscription is disposed. Handlers run on the publisher's thread: hand over,
    /// do not work.</summary>
    public IDisposable Subscribe(Action<T> handler)
    {
        lock (_gate)
            _handlers = [.. _handlers, handler];
        return new Subscription(this, handler);
    }

    /// <summary>Sends a message to all who subscribe now.</summary>
    public void Publish(T message)
    {
        foreach (var handler in Volatile.Read(ref _handlers)) // never under the lock: a handler may unsubscribe
        {
            try
            {
                handler(message);
            }
            catch (Exception error)
            {
                logger.LogError(error, "A subscriber of {Message} failed", typeof(T).Name);
            }
        }
    }

    private sealed class Subscription(Broadcast<T> owner, Action<T> handler) : IDisposable
    {
        private Action<T>? _handler = handler;

        public void Dispose()
        {
            lock (owner._gate)
            {
                if (_handler is null)
                    return;
                var index = Array.IndexOf(owner._handlers, _handler);
                owner._handlers = [.. owner._handlers[..index], .. owner._handlers[(index + 1)..]];
                _handler = null;
            }
        }
    }
}
