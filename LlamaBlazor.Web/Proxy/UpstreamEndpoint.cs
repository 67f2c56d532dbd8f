using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Security;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy;

/// <summary>The route that takes any path of one model, its own page included.</summary>
internal sealed class UpstreamEndpoint(
    KeyAccess access,
    EngineSites sites,
    ModelDirectory models,
    RequestDescriber describer,
    RequestRun run,
    IOptionsMonitor<ProxyOptions> options
)
{
    /// <summary>Serves <c>/upstream/{model}/…</c>: any method, any path of that engine, WebSockets too.</summary>
    public async Task HandleUpstreamAsync(HttpContext context)
    {
        var path = ProxyEndpoint.RawPath(context);
        var raw = path.StartsWith(RouteTable.UpstreamPrefix, StringComparison.OrdinalIgnoreCase)
            ? path[RouteTable.UpstreamPrefix.Length..]
            : "";
        var route = new ProxyRoute(context.Request.Method, RouteTable.UpstreamPrefix, ModelSource.Path, RouteKind.Other);
        var isSite = EngineSites.IsSite(context.Request.Host.Host);
        var check = isSite ? default : await access.CheckAsync(context, Scope.Inference, count: true).ConfigureAwait(false);
        var arrival = new Arrival(route, path, check.Key);
        if (!await run.PassesAsync(context, arrival, check).ConfigureAwait(false))
            return;
        var split = await SplitAsync(raw, context.RequestAborted).ConfigureAwait(false);
        // Who knows the name of a site was sent there by the dashboard, which looked at keys.
        if (isSite && (split is null || !sites.IsSiteOf(context.Request.Host.Host, split.Model)))
        {
            const string Words = "The page of an engine reaches that engine alone.";
            await Refusals.SendAsync(context, ProxyError.Forbidden, Words).ConfigureAwait(false);
            return;
        }

        if (split is null)
        {
            var name = ModelSelector.FirstSegment(raw);
            await run.RunAsync(
                    context,
                    arrival with
                    {
                        ModelName = name,
                        Refusal = new(ProxyError.ModelNotFound, describer.UnknownModel(name, check.Key)),
                    }
                )
                .ConfigureAwait(false);
            return;
        }

        if (!TryRedirect(context, split, path))
            await PassOnUpstreamAsync(context, arrival, split).ConfigureAwait(false);
    }

    private async ValueTask<PathModel?> SplitAsync(string raw, CancellationToken cancellation)
    {
        if (ModelSelector.FromPath(raw, models.Contains) is { } split)
            return split;
        await models.ReadAsync(cancellation).ConfigureAwait(false); // it may be new
        return ModelSelector.FromPath(raw, models.Contains);
    }

    // To the site of the engine's page, and to the slash that relative links of that page need.
    private bool TryRedirect(HttpContext context, PathModel split, string path)
    {
        var (request, response) = (context.Request, context.Response);
        var whole = split.Rest.Length == 0 ? path + "/" : path;
        if (sites.AddressOf(request, split.Model, whole) is { } address)
        {
            response.StatusCode = StatusCodes.Status302Found;
            response.Headers.CacheControl = "no-store";
            response.Headers.Location = address;
            return true;
        }

        if (split.Rest.Length > 0)
            return false;
        response.StatusCode = HttpMethods.IsGet(request.Method)
            ? StatusCodes.Status301MovedPermanently
            : StatusCodes.Status308PermanentRedirect;
        response.Headers.CacheControl = "no-store"; // a browser that keeps it would not be sent to the site
        response.Headers.Location = whole + request.QueryString.ToUriComponent();
        return true;
    }

    private Task PassOnUpstreamAsync(HttpContext context, Arrival arrival, PathModel split)
    {
        var route = arrival.Route with { Kind = RouteTable.KindOf(arrival.Route.Method, split.Rest) };
        // the body passes through unread, and no larger than any other
        var tooLarge = !RequestBody.TryLimit(context.Request, options.CurrentValue.BodyLimit);
        return run.RunAsync(
            context,
            new Arrival(route, split.Rest, arrival.Key)
            {
                ModelName = split.Model,
                Refusal = tooLarge
                    ? new(ProxyError.BodyTooLarge, ProxyAnswers.BodyMessage(ProxyError.BodyTooLarge, options.CurrentValue))
                    : null,
            }
        );
    }
}
