using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Where a request is on its way.</summary>
internal enum InFlightState
{
    /// <summary>Waits for a place or for its model to load.</summary>
    Queued,

    /// <summary>The engine works on it; nothing has come back yet.</summary>
    Prompt,

    /// <summary>The answer is on its way to the client.</summary>
    Streaming,
}

/// <summary>One request from its arrival to its last byte. Its own task writes it; others read single values of it.</summary>
internal sealed class InFlightRequest(long id, string requestId, ProxyRoute route, string path, long startedAt, long startTimestamp)
    : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();

    /// <summary>Number by which it is cancelled.</summary>
    public long Id => id;

    /// <summary>Id shown to the client.</summary>
    public string RequestId => requestId;

    /// <summary>The route.</summary>
    public ProxyRoute Route => route;

    /// <summary>Whether a slot of the engine works for it; questions about the engine, such as /slots, need none and wait for
    /// none.</summary>
    public bool TakesPlace => route.Generates || route.Kind == RouteKind.Media;

    /// <summary>Path as it goes upstream.</summary>
    public string Path => path;

    /// <summary>When it arrived, Unix milliseconds.</summary>
    public long StartedAt => startedAt;

    /// <summary>When it arrived, by the clock that never goes back.</summary>
    public long StartTimestamp => startTimestamp;

    /// <summary>Where it leads, once known.</summary>
    public ProxyTarget? Target { get; set; }

    /// <summary>The queue it came through last, or null before the first: a place goes back to the queue it was taken from, also where the
    /// model has another one by now.</summary>
    public RequestQueue? Queue { get; set; }

    /// <summary>The name asked for.</summary>
    public string ModelName { get; set; } = "";

    /// <summary>What its body says.</summary>
    public RequestMetadata Facts { get; set; } = RequestMetadata.Empty;

    /// <summary>The key it came with, or null.</summary>
    public ApiKey? Key { get; set; }

    /// <summary>Row of that key; null for the dashboard's own.</summary>
    public long? KeyId => Key is { Id: > 0 } key ? key.Id : null;

    /// <summary>Priority of its key.</summary>
    public long Priority => Key?.Priority ?? 0;

    /// <summary>Header <c>X-Session-Id</c>, or the key's name.</summary>
    public string? Session { get; set; }

    /// <summary>Where it is.</summary>
    public InFlightState State { get; set; }

    /// <summary>Its place in the queue from 1, or 0.</summary>
    public int Place { get; set; }

    /// <summary>Milliseconds spent waiting for a place.</summary>
    public double QueueMs { get; set; }

    /// <summary>Milliseconds spent waiting for the model to load.</summary>
    public double LoadMs { get; set; }

    /// <summary>When the first token came, by the clock that never goes back, or 0.</summary>
    public long FirstTokenTimestamp { get; set; }

    /// <summary>How fast its tokens came.</summary>
    public TokenPace Pace { get; } = new();

    /// <summary>When it went to its engine, by the clock that never goes back.</summary>
    public long EnteredTimestamp { get; set; }

    /// <summary>When the engine last sent something of use for it, a token or a whole answer, by the monotonic clock, or 0. The watchdog
    /// reads it.</summary>
    public long SucceededTimestamp { get; set; }

    /// <summary>Reads the answer as it passes, or null while there is none to read.</summary>
    public UsageReader? Reader { get; set; }

    /// <summary>What went wrong, or null.</summary>
    public ProxyError? Error { get; private set; }

    /// <summary>The words for it.</summary>
    public string? ErrorMessage { get; private set; }

    /// <summary>Whether the response cache answered.</summary>
    public bool CacheHit { get; set; }

    /// <summary>Tokens that have come so far, about.</summary>
    public int Tokens => Reader?.Events ?? 0;

    /// <summary>Ends when somebody cancels it in the dashboard.</summary>
    public CancellationToken Cancelled => _cancel.Token;

    /// <summary>Ends the request; the engine stops generating for it.</summary>
    public void Cancel() => _cancel.Cancel();

    /// <summary>Notes what went wrong; the first reason stays.</summary>
    public void Fail(ProxyError error, string message)
    {
        if (Error is not null)
            return;
        (Error, ErrorMessage) = (error, message);
    }

    /// <inheritdoc/>
    public void Dispose() => _cancel.Dispose();
}
