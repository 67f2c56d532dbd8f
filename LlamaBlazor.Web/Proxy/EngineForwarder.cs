using System.Net;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Engines.Connections;
using LlamaBlazor.Web.Proxy.Bodies;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Passes a request on to an engine with YARP's forwarder: no redirects, no unpacking, no cookies, no proxy, no total time
/// limit.</summary>
internal sealed class EngineForwarder(IHttpForwarder forwarder, IOptionsMonitor<ProxyOptions> options, TimeProvider clock) : IDisposable
{
    private readonly ForwarderRequestConfig _config = new()
    {
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private readonly HttpMessageInvoker _client = new(
        new ReadBodyHandler(
            EngineConnections.Create(
                clock,
                handler =>
                {
                    handler.AllowAutoRedirect = false;
                    handler.AutomaticDecompression = DecompressionMethods.None;
                    handler.ActivityHeadersPropagator = null;
                    handler.ConnectTimeout = TimeSpan.FromSeconds(15);
                    handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30);
                }
            )
        )
    );

    /// <summary>The client, for answers that have begun before the engine's.</summary>
    public HttpMessageInvoker Client => _client;

    /// <summary>Longest silence of an engine.</summary>
    public TimeSpan IdleLimit => TimeSpan.FromSeconds(options.CurrentValue.IdleTimeoutSeconds);

    /// <summary>Passes the request on and its answer back.</summary>
    /// <param name="context">The request.</param>
    /// <param name="request">The same, as it is known here.</param>
    /// <param name="engine">Where it goes.</param>
    /// <param name="body">Its body where it was read; null where it still comes from the client.</param>
    /// <param name="capture">Keeps the answer for the cache, or null.</param>
    /// <returns>Why there is no answer, where nothing was sent yet; null when the client has its answer, whole or broken.</returns>
    public async ValueTask<ForwardFailure?> ForwardAsync(
        HttpContext context,
        InFlightRequest request,
        InstanceSnapshot engine,
        RequestBody? body,
        ResponseCapture? capture
    )
    {
        request.State = InFlightState.Prompt;
        var ours = context.Response.Headers.ToArray(); // which pages may read it, and what the cache did
        var transformer = new EngineTransformer(
            request,
            EngineTransformer.AddressOf(engine, request.Path, context.Request.QueryString),
            engine.UpstreamKey,
            clock
        )
        {
            Body = body,
            Capture = capture,
        };
        var error = await forwarder
            .SendAsync(context, "http://127.0.0.1/", _client, _config with { ActivityTimeout = IdleLimit }, transformer, request.Cancelled)
            .ConfigureAwait(false);
        if (error == ForwarderError.None)
        {
            if (context.Response.StatusCode < StatusCodes.Status400BadRequest && request.Error is null)
                request.SucceededTimestamp = clock.GetTimestamp();
            return null;
        }

        var cause = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (context.Response.HasStarted)
        {
            // The connection was broken on purpose; who is to blame was noted by the tap, or it was the client.
            request.Fail(
                context.RequestAborted.IsCancellationRequested ? ProxyError.ClientGone : ProxyError.UpstreamDied,
                cause?.Message ?? "The answer broke off."
            );
            return null;
        }

        context.Response.Clear();
        foreach (var (name, value) in ours)
            context.Response.Headers[name] = value;
        return Explain(context, request, error, cause);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // A body that is passed on while it comes fails inside the request to the engine.
    private static BadHttpRequestException? BodyFault(Exception? error) =>
        error switch
        {
            null => null,
            BadHttpRequestException fault => fault,
            IOException { InnerException: OverflowException } size => new BadHttpRequestException(size.Message, size),
            AggregateException many => many.InnerExceptions.Select(BodyFault).FirstOrDefault(fault => fault is not null),
            _ => BodyFault(error.InnerException),
        };

    private ForwardFailure Explain(HttpContext context, InFlightRequest request, ForwarderError error, Exception? cause)
    {
        var model = request.Target?.Model.Name;
        if (BodyFault(cause) is { } fault)
            return new(RequestBody.ErrorOf(fault), ProxyAnswers.BodyMessage(RequestBody.ErrorOf(fault), options.CurrentValue), false);
        if (context.RequestAborted.IsCancellationRequested)
            return new(ProxyError.ClientGone, "The client went away before the answer.", false);
        if (request.Cancelled.IsCancellationRequested)
            return new(ProxyError.Cancelled, "The request was cancelled in the dashboard.", false);
        if (error == ForwarderError.RequestTimedOut)
            return new(
                ProxyError.UpstreamTimeout,
                $"The engine of '{model}' did not answer within {IdleLimit.TotalSeconds:0} seconds. Its log tells more; "
                    + "LlamaBlazor:Proxy:IdleTimeoutSeconds is the limit.",
                false
            );
        var refused = cause is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };
        var words = refused ? "does not accept connections" : "broke the connection before its answer";
        return new(ProxyError.UpstreamFailed, $"The engine of '{model}' {words}. Its log on the page of the model tells why.", refused);
    }
}

/// <summary>Why a request got no answer from an engine.</summary>
/// <param name="Error">The kind.</param>
/// <param name="Message">The words.</param>
/// <param name="NeverArrived">True when the engine has not seen the request, so that it may be sent again.</param>
internal sealed record ForwardFailure(ProxyError Error, string Message, bool NeverArrived);
