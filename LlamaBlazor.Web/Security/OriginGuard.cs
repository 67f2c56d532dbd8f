namespace LlamaBlazor.Web.Security;

/// <summary>
/// Refuses requests that a foreign page could have made: a Host that is not this machine (DNS rebinding), an Origin that is not ours
/// (a form, a fetch or a WebSocket of another site). Programs send no Origin and are let through; pages that were allowed reach the routes for programs.
/// </summary>
/// <param name="next">What follows.</param>
/// <param name="allowed">Origins that are allowed.</param>
/// <param name="isForPrograms">Whether a path is one that an allowed page may use.</param>
internal sealed class OriginGuard(RequestDelegate next, AllowedOrigins allowed, Func<PathString, bool> isForPrograms)
{
    /// <summary>Passes the request on, or answers 403 with the reason.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var host = context.Request.Host;
        if (!SecurityFeature.IsThisMachine(host.Host))
            return RefuseAsync(context, "The Host header does not name this machine.");
        var origins = context.Request.Headers.Origin;
        if (origins.Count == 0 || origins.All(origin => IsOurs(origin, context.Request)))
            return next(context);
        return origins.Count == 1 && allowed.Contains(origins[0]) && isForPrograms(context.Request.Path)
            ? AnswerAsync(context, origins[0]!)
            : RefuseAsync(context, "The request comes from another site. Sites that may use the models are listed in LlamaBlazor:Security:AllowedOrigins.");
    }

    // Cookies stay out of it: an allowed page shows a key, or is on this machine like any program.
    private Task AnswerAsync(HttpContext context, string origin)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(context.Request.Method) || context.Request.Headers.AccessControlRequestMethod.Count == 0)
        {
            headers.AccessControlExposeHeaders = "X-Request-Id, X-Llama-Cache, Retry-After";
            return next(context);
        }

        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
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
