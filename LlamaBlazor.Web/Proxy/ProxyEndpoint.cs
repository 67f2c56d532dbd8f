using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Proxy.Bodies;
using LlamaBlazor.Web.Security.Keys;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy;

/// <summary>The routes of <see cref="RouteTable"/>: who asks, and with what body; <see cref="RequestRun"/> does the rest.</summary>
internal sealed class ProxyEndpoint(KeyAccess access, BodyStore bodies, RequestRun run, IOptionsMonitor<ProxyOptions> options)
{
    /// <summary>Serves a request of a route of <see cref="RouteTable"/>.</summary>
    public async Task HandleAsync(HttpContext context, ProxyRoute route)
    {
        var check = await access.CheckAsync(context, Scope.Inference, count: true).ConfigureAwait(false);
        var arrival = new Arrival(route, RouteTable.UpstreamPath(route, context.Request.Path.Value!), check.Key);
        if (!await run.PassesAsync(context, arrival, check).ConfigureAwait(false))
            return;
        var (read, error) = await bodies
            .ReadAsync(context.Request, options.CurrentValue.BodyLimit, context.RequestAborted)
            .ConfigureAwait(false);
        using var body = read;
        await run.RunAsync(
                context,
                body is null
                    ? arrival with
                    {
                        Refusal = new(error, ProxyAnswers.BodyMessage(error, options.CurrentValue)),
                    }
                    : arrival with
                    {
                        Body = body,
                    }
            )
            .ConfigureAwait(false);
    }

    /// <summary>Serves a request that was translated from another API.</summary>
    /// <param name="context">The request; what is written to its answer is translated back on the way.</param>
    /// <param name="route">The route it was translated to; its path goes upstream.</param>
    /// <param name="body">The translated body, or null.</param>
    /// <param name="begun">Gets the request once it has begun.</param>
    public async Task HandleTranslatedAsync(HttpContext context, ProxyRoute route, RequestBody? body, Action<InFlightRequest> begun)
    {
        var check = await access.CheckAsync(context, Scope.Inference, count: true).ConfigureAwait(false);
        var arrival = new Arrival(route, route.Path, check.Key) { Body = body, Begun = begun };
        if (await run.PassesAsync(context, arrival, check).ConfigureAwait(false))
            await run.RunAsync(context, arrival).ConfigureAwait(false);
    }

    /// <summary>Records a request of another API that was refused before it could be translated; it has its answer already.</summary>
    public void NoteRefused(HttpContext context, ProxyRoute route, ApiKey? key, ProxyError error, string message) =>
        run.NoteRefused(context, route, key, error, message);

    /// <summary>The path as the client wrote it: decoding and encoding again would change names with %2F.</summary>
    public static string RawPath(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (!target.StartsWith('/'))
            return context.Request.Path.ToUriComponent();
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        return path.StartsWith("//", StringComparison.Ordinal) ? "/" + path.TrimStart('/') : path;
    }
}
