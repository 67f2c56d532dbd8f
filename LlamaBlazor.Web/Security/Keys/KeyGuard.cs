using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Security.Keys;

/// <summary>
/// Holds whoever asks the dashboard itself to a key, once there is one: reading needs the scope read, changing and circuits need admin. The
/// dashboard's own pages and commands show its pass. Routes for programs look at keys themselves.
/// </summary>
internal sealed class KeyGuard(RequestDelegate next)
{
    private static readonly PathString[] Read = ["/metrics", "/hubs", "/openapi"];
    private static readonly PathString Circuits = "/_blazor";

    /// <summary>Passes the request on, or answers 401 or 403.</summary>
    public async Task InvokeAsync(HttpContext context, KeyAccess access, DatabaseState database)
    {
        // Keys are in the database: until it can be read there is nothing to ask for, and what it would have guarded is not there either.
        if (ScopeOf(context) is not { } scope || !database.IsReady)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var check = await access.CheckAsync(context, scope, count: false).ConfigureAwait(false);
        if (check.Verdict == KeyVerdict.Allowed)
            await next(context).ConfigureAwait(false);
        else
            await Refusals
                .SendAsync(context, check.Verdict == KeyVerdict.Forbidden ? ProxyError.Forbidden : ProxyError.Unauthorized, check.Message)
                .ConfigureAwait(false);
    }

    // What a path needs; null where no key is asked for, or elsewhere.
    private static string? ScopeOf(HttpContext context)
    {
        var (path, method) = (context.Request.Path, context.Request.Method);
        if (path.StartsWithSegments(Circuits))
            return Scope.Admin;
        if (path.StartsWithSegments("/api"))
            return
                (HttpMethods.IsGet(method) || HttpMethods.IsHead(method))
                && context.GetEndpoint()?.Metadata.GetMetadata<NeedsAdmin>() is null
                ? Scope.Read
                : Scope.Admin;
        var isAnEnginesOwn = path == RouteTable.Metrics.Path && context.Request.Query.ContainsKey("model");
        return !isAnEnginesOwn && Read.Any(prefix => path.StartsWithSegments(prefix)) ? Scope.Read : null;
    }
}

/// <summary>Marks an endpoint that only reads, but reads what a key with the scope read must not have: prompts, hashes of keys, the audit
/// trail.</summary>
internal sealed class NeedsAdmin
{
    /// <summary>For <c>WithMetadata</c>.</summary>
    public static NeedsAdmin Mark { get; } = new();
}
