namespace LlamaBlazor.Web.Security;

/// <summary>
/// Refuses requests that a foreign page could have made: a Host that is not this machine (DNS rebinding), an Origin that is not ours
/// (a form, a fetch or a WebSocket of another site). Programs send no Origin and are let through.
/// </summary>
internal sealed class OriginGuard(RequestDelegate next)
{
    /// <summary>Passes the request on, or answers 403 with the reason.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var host = context.Request.Host;
        if (!SecurityFeature.IsThisMachine(host.Host))
            return RefuseAsync(context, "The Host header does not name this machine.");
        if (context.Request.Headers.Origin is { Count: > 0 } origins && !origins.All(origin => IsOurs(origin, context.Request)))
            return RefuseAsync(context, "The request comes from another site.");
        return next(context);
    }

    // A browser states the origin of the page. Ports are compared too: another program of this machine is another site.
    private static bool IsOurs(string? origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && SecurityFeature.IsThisMachine(uri.Host)
        && uri.Port == (request.Host.Port ?? (request.IsHttps ? 443 : 80));

    private static Task RefuseAsync(HttpContext context, string reason)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync(reason, context.RequestAborted);
    }
}
