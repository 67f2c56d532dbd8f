using LlamaBlazor.Web.Security;
using Microsoft.AspNetCore.Http.Features;

namespace LlamaBlazor.Web.Proxy;

/// <summary>What an answer of an engine may tell a browser. An engine's page brings scripts of its own: it reaches what is below its own
/// path, and nothing else of ours.</summary>
internal static class EnginePagePolicy
{
    // These speak for a whole origin, and some outlive the engine: service workers, wiped storage, forced TLS, other ports, reports to any
    // address.
    private static readonly string[] ForTheOrigin =
    [
        "Service-Worker-Allowed",
        "Clear-Site-Data",
        "Strict-Transport-Security",
        "Alt-Svc",
        "Content-Security-Policy-Report-Only",
        "Report-To",
        "Reporting-Endpoints",
        "NEL",
        "Origin-Agent-Cluster",
    ];

    /// <summary>Sets and removes headers of an answer, after those of the engine were copied.</summary>
    /// <param name="context">The request with its answer.</param>
    /// <param name="rest">The path behind <c>/upstream/MODEL</c>, as it came; null for all other routes, which show no page.</param>
    public static void Apply(HttpContext context, string? rest)
    {
        var headers = context.Response.Headers;
        foreach (var name in ForTheOrigin)
            headers.Remove(name);
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        var path = rest is null ? null : PrefixOf(context, rest);
        KeepOwnCookies(headers, path);
        if (rest is null)
            return;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer"; // its site has a name that nobody else may learn
        headers["Cross-Origin-Opener-Policy"] = "unsafe-none"; // differs from the dashboard's, which cuts the tie between windows
        headers.ContentSecurityPolicy = path is null ? "default-src 'none'; sandbox" : PolicyOf(context.Request, path);
    }

    // The path of the page, with its slash; null where it cannot be told.
    private static string? PrefixOf(HttpContext context, string rest)
    {
        var path = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2)[0];
        return path.EndsWith(rest, StringComparison.Ordinal) ? path[..^rest.Length] + "/" : null;
    }

    private static string PolicyOf(HttpRequest client, string path)
    {
        var own = (client.Host.Value + path).Replace(";", "%3B", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
        var (page, socket) = ($"{client.Scheme}://{own}", $"{(client.IsHttps ? "wss" : "ws")}://{own}");
        // At a name of its own it may keep its origin; at the dashboard's it gets none.
        var sandbox = EngineSites.IsSite(client.Host.Host) ? "" : "sandbox allow-scripts allow-forms allow-modals allow-downloads; ";
        return $"{sandbox}default-src {page} data: blob:; "
            + $"script-src {page} 'unsafe-inline' 'wasm-unsafe-eval'; style-src {page} 'unsafe-inline'; "
            + $"connect-src {page} {socket} data: blob:; "
            + $"worker-src {page} blob:; form-action {page}; base-uri {page}; object-src 'none'; frame-ancestors 'none'";
    }

    // A cookie of an engine stays below its path and its name.
    private static void KeepOwnCookies(IHeaderDictionary headers, string? path)
    {
        if (headers.SetCookie.Count == 0)
            return;
        headers.SetCookie = headers.SetCookie.Where(cookie => cookie is not null && path is not null && IsOwn(cookie, path)).ToArray();
    }

    private static bool IsOwn(string cookie, string path)
    {
        string? scope = null;
        foreach (var part in cookie.Split(';').Skip(1).Select(part => part.Split('=', 2)))
        {
            var name = part[0].Trim();
            if (name.Equals("Domain", StringComparison.OrdinalIgnoreCase))
                return false;
            if (name.Equals("Path", StringComparison.OrdinalIgnoreCase))
                scope = part.ElementAtOrDefault(1)?.Trim() ?? "/";
        }

        // Without a path it is that of the address, which is below the engine's. Browsers take one that begins with no slash for none.
        return scope is null || !scope.StartsWith('/') || (scope + "/").StartsWith(path, StringComparison.Ordinal);
    }
}
