using System.Buffers;
using System.Text;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Engines.Connections;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.AspNetCore.Http.Features;

namespace LlamaBlazor.Web.Proxy;

/// <summary>
/// A stream that was begun while its request waits: comments keep it open, and the engine's events follow. Its 200 is sent, so a failure
/// can only be
/// told by an error event. YARP forwards no request whose answer has begun, hence the small forwarder here.
/// </summary>
internal sealed class WaitingStream(HttpContext context, InFlightRequest request, EngineForwarder engines, TimeProvider clock)
{
    private const int ErrorLimit = 64 << 10;

    // Connection headers belong to one hop (RFC 9110 7.6.1); the others are ours or set anew.
    private static readonly HashSet<string> NotPassed = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Host",
        "Content-Length",
        "Content-Encoding",
        "Authorization",
        "X-Api-Key",
        "Cookie",
        "X-Llama-Cache",
        "Accept-Encoding",
        "Expect",
    };

    /// <summary>Whether the answer has begun.</summary>
    public bool HasBegun => context.Response.HasStarted;

    /// <summary>Whether the status goes out as an event that clients show, and not as a comment.</summary>
    public bool TellsStatus { get; init; }

    /// <summary>Sends a comment or the status; the first one begins the answer.</summary>
    public async Task KeepAliveAsync()
    {
        if (!HasBegun)
        {
            var headers = context.Response.Headers;
            context.Response.ContentType = "text/event-stream";
            headers.CacheControl = "no-cache";
            headers["X-Accel-Buffering"] = "no";
            headers[EngineTransformer.RequestIdHeader] = request.RequestId;
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        }

        var waited = (int)clock.GetElapsedTime(request.StartTimestamp).TotalSeconds;
        var words = request.Place > 0 ? $"waiting, place {request.Place}" : "waiting";
        var part = TellsStatus
            ? StatusEvent.Make(request.ModelName, $"{request.ModelName}: {words}, {waited} s\n")
            : Encoding.UTF8.GetBytes($": {words}\n\n");
        await context.Response.Body.WriteAsync(part, context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Ends the begun stream with an error.</summary>
    public async Task FailAsync(ProxyError error, string message)
    {
        request.Fail(error, message);
        try
        {
            await context.Response.Body.WriteAsync(Refusals.Event(context, error, message), context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // Nobody is left to be told.
        }
    }

    /// <summary>Sends the request to an engine and its events to the client.</summary>
    public async Task ForwardAsync(InstanceSnapshot engine, RequestBody body, ResponseCapture? capture)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, request.Cancelled);
        // Disposed first, which waits for one that runs out just now: it must not cancel what is gone.
        var timer = clock.CreateTimer(
            static idle => ((CancellationTokenSource)idle!).Cancel(),
            idle,
            engines.IdleLimit,
            Timeout.InfiniteTimeSpan
        );
        await using var ending = timer.ConfigureAwait(false);
        try
        {
            request.State = InFlightState.Prompt;
            using var message = Message(engine, body);
            using var response = await engines.Client.SendAsync(message, idle.Token).ConfigureAwait(false);
            if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                await FailAsync(ProxyError.UpstreamFailed, await WordsAsync(response, idle.Token).ConfigureAwait(false))
                    .ConfigureAwait(false);
                return;
            }

            new EngineTransformer(request, message.RequestUri!, engine.UpstreamKey, clock) { Capture = capture }.Tap(context, response);
            await CopyAsync(await response.Content.ReadAsStreamAsync(idle.Token).ConfigureAwait(false), timer, idle.Token)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            var (reason, words) = Explain(error);
            await FailAsync(reason, words).ConfigureAwait(false);
        }
    }

    private (ProxyError Error, string Message) Explain(Exception error)
    {
        if (context.RequestAborted.IsCancellationRequested)
            return (ProxyError.ClientGone, "The client went away.");
        if (request.Cancelled.IsCancellationRequested)
            return (ProxyError.Cancelled, "The request was cancelled in the dashboard.");
        return error is OperationCanceledException
            ? (ProxyError.UpstreamTimeout, $"The engine did not answer within {engines.IdleLimit.TotalSeconds:0} seconds.")
            : (ProxyError.UpstreamFailed, $"The engine of '{request.Target?.Model.Name}' broke the connection before its answer.");
    }

    private HttpRequestMessage Message(InstanceSnapshot engine, RequestBody body)
    {
        var message = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            EngineTransformer.AddressOf(engine, request.Path, context.Request.QueryString)
        )
        {
            Content = body.ToContent(),
        };
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!NotPassed.Contains(name) && !message.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                message.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        EngineAddress.Of(engine).Authorize(message);
        return message;
    }

    private async Task CopyAsync(Stream source, ITimer timer, CancellationToken idle)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 << 10);
        try
        {
            while (await source.ReadAsync(buffer, idle).ConfigureAwait(false) is > 0 and var read)
            {
                timer.Change(engines.IdleLimit, Timeout.InfiniteTimeSpan);
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted).ConfigureAwait(false);
            }
        }
        finally
        {
            await source.DisposeAsync().ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The engine refused: its own words, where they are in the usual form.
    private static async Task<string> WordsAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[ErrorLimit];
        var length = await stream.ReadAtLeastAsync(buffer, ErrorLimit, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        var usage = new GenerationUsage();
        UsageJson.Read(buffer.AsSpan(0, length), usage);
        return $"The engine answered {(int)response.StatusCode}{(usage.Error is null ? "" : ": " + usage.Error)}.";
    }
}
