using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Engines.Connections;
using LlamaBlazor.Web.Proxy.Bodies;
using LlamaBlazor.Web.Shared.Api;
using Yarp.ReverseProxy.Forwarder;

namespace LlamaBlazor.Web.Proxy;

/// <summary>What changes on the way: address and secrets on the way in, hints for proxies and the tap on the way out. Bodies stay byte for
/// byte.</summary>
internal sealed class EngineTransformer(InFlightRequest request, Uri address, string? engineKey, TimeProvider clock) : HttpTransformer
{
    /// <summary>Header with the id of a request.</summary>
    public const string RequestIdHeader = Refusals.RequestIdHeader;

    private static readonly string[] OurSecrets = ["Authorization", "X-Api-Key", "Cookie", "X-Llama-Cache"];

    /// <summary>The whole body where it was read, else it comes from the request.</summary>
    public RequestBody? Body { get; init; }

    /// <summary>Keeps the answer for the cache, or null.</summary>
    public ResponseCapture? Capture { get; init; }

    /// <summary>Makes the address at an engine, its own prefix first; the path stays encoded as it came.</summary>
    public static Uri AddressOf(InstanceSnapshot engine, string path, QueryString query) => EngineAddress.Of(engine).At(path + query.Value);

    /// <inheritdoc/>
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken
    )
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken).ConfigureAwait(false);
        proxyRequest.RequestUri = address;
        proxyRequest.Headers.Host = null;
        if (Body is { Length: > 0 } body)
            proxyRequest.Options.Set(ReadBodyHandler.Body, body);
        foreach (var name in OurSecrets)
            proxyRequest.Headers.Remove(name); // keys of the dashboard are none of the engine's business
        new EngineAddress("", engineKey).Authorize(proxyRequest);
        if (request.Route.Source != ModelSource.Path || HttpMethods.IsPost(httpContext.Request.Method))
            proxyRequest.Headers.Remove("Accept-Encoding"); // a packed answer could not be read for statistics
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext,
        HttpResponseMessage? proxyResponse,
        CancellationToken cancellationToken
    )
    {
        if (proxyResponse is null)
            return true;
        var headers = httpContext.Response.Headers;
        var origin = headers.AccessControlAllowOrigin;
        await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken).ConfigureAwait(false);
        // Which pages may read an answer is decided here: engines allow every page.
        (headers.AccessControlAllowOrigin, headers.AccessControlAllowCredentials) = (origin, default);
        headers[RequestIdHeader] = request.RequestId;
        EnginePagePolicy.Apply(httpContext, request.Route.Source == ModelSource.Path ? request.Path : null);
        Tap(httpContext, proxyResponse);
        return true;
    }

    /// <summary>Puts the tap into an answer that can be read.</summary>
    public void Tap(HttpContext context, HttpResponseMessage response)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        var isEvents = type == "text/event-stream";
        if (isEvents && !context.Response.HasStarted)
        {
            context.Response.Headers["X-Accel-Buffering"] = "no";
            if (context.Response.Headers.CacheControl.Count == 0)
                context.Response.Headers.CacheControl = "no-cache";
        }

        if (
            response.Content.Headers.ContentEncoding.Count > 0
            || (!isEvents && (type != "application/json" || request.Route.Kind == RouteKind.Other))
        )
            return;
        request.Reader = new UsageReader(isEvents);
        request.State = InFlightState.Prompt;
        if (Capture is { } capture)
            capture.Expected = response.Content.Headers.ContentLength;
        response.Content = new TapContent(
            response.Content,
            inner => new TapStream(inner, context, request, isEvents, clock) { Capture = Capture }
        );
    }
}
