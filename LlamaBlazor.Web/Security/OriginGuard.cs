using System.Net;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Security;

/// <summary>What may be reached from where on one port.</summary>
/// <param name="Origins">Pages of other origins that are allowed.</param>
/// <param name="Hosts">Further names of this machine.</param>
/// <param name="IsForPrograms">Whether an allowed page, or a program that uses such a name, may use a path.</param>
/// <param name="IsPage">Whether a path shows a page and does nothing else, so that any site may link to it.</param>
internal sealed record GuardRules(
    AllowedOrigins Origins,
    AllowedHosts Hosts,
    Func<PathString, bool> IsForPrograms,
    Func<PathString, bool> IsPage
);

/// <summary>
/// Refuses requests that a foreign page could have made: a Host that is not this machine (DNS rebinding), an Origin, Fetch Metadata or
/// Referer of another site (cross-site request forgery, by GET too: a GET may start a model). Links of other sites lead to pages. Programs
/// send none of these and are let through; pages that were allowed reach the routes for programs.
/// </summary>
/// <param name="next">What follows.</param>
/// <param name="rules">What may be reached from where.</param>
internal sealed class OriginGuard(RequestDelegate next, GuardRules rules)
{
    private const string Foreign =
        $"The request comes from another site. " + $"Sites that may use the models are listed in {AllowedOrigins.Key}.";

    /// <summary>Passes the request on, or answers 403 with the reason.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var (request, path) = (context.Request, context.Request.Path);
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Connection.LocalIpAddress is { } local && !IsLoopback(local))
            return RefuseAsync(
                context,
                "The request came in from another machine, and this dashboard has no log-in. Use an address of loopback."
            );
        if (!SecurityFeature.IsThisMachine(request.Host.Host) && !(rules.Hosts.Contains(request.Host.Host) && rules.IsForPrograms(path)))
            return RefuseAsync(context, HostWords(request));
        var isSite = EngineSites.IsSite(request.Host.Host);
        if (isSite && (!path.StartsWithSegments("/upstream") || request.Headers.ContainsKey("Service-Worker")))
            return RefuseAsync(context, "The page of an engine reaches what is its own, and nothing of the dashboard.");
        var source = Read(request).Judge($"{request.Scheme}://{request.Host.Value}");
        if (source == RequestSource.Own || (source == RequestSource.ForeignNavigation && (isSite || rules.IsPage(path))))
            return next(context);
        return FriendOf(request) is { } friend && rules.IsForPrograms(path) && !isSite
            ? AnswerAsync(context, friend)
            : RefuseAsync(context, Foreign);
    }

    /// <summary>What the headers tell of the page behind a request.</summary>
    internal static BrowserRequest Read(HttpRequest request)
    {
        var headers = request.Headers;
        string? One(string name) => headers.TryGetValue(name, out var values) ? values.ToString() : null;
        return new(request.Method, headers.Origin, One("Sec-Fetch-Site"), One("Sec-Fetch-Mode"), One("Sec-Fetch-Dest"), One("Referer"));
    }

    // An image or a link of an allowed page carries no Origin: then there is nothing that its page could read, and nothing to answer it
    // with.
    private string? FriendOf(HttpRequest request) =>
        request.Headers.Origin is [{ } origin] && rules.Origins.Contains(origin) ? origin : null;

    // Cookies stay out of it: an allowed page shows a key, or is on this machine like any program.
    private Task AnswerAsync(HttpContext context, string origin)
    {
        var (asked, headers) = (context.Request.Headers, context.Response.Headers);
        headers.AccessControlAllowOrigin = origin;
        headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(context.Request.Method) || asked.AccessControlRequestMethod.Count == 0)
        {
            headers.AccessControlExposeHeaders = "X-Request-Id, X-Llama-Cache, Retry-After";
            return next(context);
        }

        headers.AccessControlAllowMethods = "GET, POST, DELETE"; // a stream is ended by DELETE
        headers.AccessControlAllowHeaders = asked.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "600";
        if (asked.ContainsKey("Access-Control-Request-Private-Network"))
            headers["Access-Control-Allow-Private-Network"] = "true"; // a page of the Internet that was allowed
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private string HostWords(HttpRequest request) =>
        rules.Hosts.Contains(request.Host.Host)
            ? $"The name {Name(request)} of {AllowedHosts.Key} leads to the routes for programs only. "
                + "Open the dashboard at localhost or 127.0.0.1."
            : $"The Host header '{Name(request)}' does not name this machine. Use localhost or 127.0.0.1; "
                + $"names that programs may use, such as host.docker.internal, are listed in {AllowedHosts.Key}.";

    private static string Name(HttpRequest request) => request.Host.Host.Length > 100 ? request.Host.Host[..100] : request.Host.Host;

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static Task RefuseAsync(HttpContext context, string reason)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox"; // shown in no page, not even in a window of one
        return Refusals.SendAsync(context, ProxyError.Forbidden, reason);
    }
}
