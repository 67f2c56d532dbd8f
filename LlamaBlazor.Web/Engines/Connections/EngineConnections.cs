namespace LlamaBlazor.Web.Engines.Connections;

/// <summary>
/// Makes what all clients of engines talk through. llama-server closes a connection after each chunked answer without saying so: such a
/// connection serves
/// no second request, and one that broke before the engine read a request costs nothing but a second, fresh connection.
/// </summary>
internal static class EngineConnections
{
    /// <summary>A handler for requests to engines: no proxy, no cookies, certificates of <see cref="EngineTls"/>.</summary>
    /// <param name="clock">The time.</param>
    /// <param name="tune">Sets what else differs from the defaults.</param>
    public static HttpMessageHandler Create(TimeProvider clock, Action<SocketsHttpHandler>? tune = null)
    {
        var habits = new EngineHabits(clock);
        var pooled = Plain(tune);
        pooled.PlaintextStreamFilter = (context, _) =>
            ValueTask.FromResult<Stream>(
                new EngineConnection(context.PlaintextStream, context.InitialRequestMessage.RequestUri!.Authority, habits, clock)
            );
        var fresh = Plain(tune);
        fresh.PooledConnectionLifetime = TimeSpan.Zero; // each request has a connection of its own
        return new EngineHandler(pooled, fresh);
    }

    private static SocketsHttpHandler Plain(Action<SocketsHttpHandler>? tune)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            SslOptions = EngineTls.Options,
        };
        tune?.Invoke(handler);
        return handler;
    }

    /// <summary>Sends a request that its engine never read once more, on a fresh connection.</summary>
    private sealed class EngineHandler(HttpMessageHandler pooled, HttpMessageHandler fresh) : DelegatingHandler(pooled)
    {
        private readonly HttpMessageInvoker _fresh = new(fresh);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!CanRepeat(request.Content))
                // its body is there once: no connection may be lost
                return await _fresh.SendAsync(request, cancellationToken).ConfigureAwait(false);
            try
            {
                return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException error) when (IsUnread(error))
            {
                return await _fresh.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _fresh.Dispose();
            base.Dispose(disposing);
        }

        private static bool CanRepeat(HttpContent? content) =>
            content is null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent or IRepeatableContent;

        private static bool IsUnread(Exception? error)
        {
            for (; error is not null; error = error.InnerException)
            {
                if (error is UnreadRequestException)
                    return true;
            }

            return false;
        }
    }
}

/// <summary>A body that can be sent again, byte for byte.</summary>
internal interface IRepeatableContent;

/// <summary>A reused connection was closed by the engine before it read the request.</summary>
internal sealed class UnreadRequestException(Exception? cause = null)
    : IOException("The engine closed the connection before it read the request.", cause);
