using LlamaBlazor.Domain.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;

namespace LlamaBlazor.Web.Security.Access;

/// <summary>Puts the policy of <see cref="AccessTable"/> on every endpoint, and says what holds where there is none.</summary>
internal static class AccessRules
{
    /// <summary>Name of the policy that looks at the path of a request, for a route that any path may lead to.</summary>
    public const string ByPath = "path";

    /// <summary>Gives an endpoint its policy; the last convention, when all else about it is known. What the table does not name and what
    /// does not say itself that it is for all gets none: the fallback policy refuses it.</summary>
    /// <param name="endpoint">The endpoint.</param>
    public static void AddTo(EndpointBuilder endpoint)
    {
        var metadata = endpoint.Metadata;
        if (endpoint is not RouteEndpointBuilder { RoutePattern: var pattern } || metadata.OfType<IAllowAnonymous>().Any())
            return;
        if (!StartsWithAWord(pattern))
            metadata.Add(new AuthorizeAttribute(ByPath));
        else if (AccessTable.RowOf("/" + pattern.RawText?.TrimStart('/')) is { } row)
            metadata.Add(row.For(OnlyReads(metadata)) is { } scope ? new AuthorizeAttribute(scope) : new AllowAnonymousAttribute());
        else if (metadata.Any(item => item is RootComponentMetadata or StaticAssetDescriptor))
            metadata.Add(new AllowAnonymousAttribute()); // pages and files: what a page shows comes over its circuit
    }

    /// <summary>The scope for a request that no policy of a route speaks about; null where everybody may ask. Where nothing was mapped, the
    /// path decides, so that nobody learns what is there; a route that was given no policy is for administrators.</summary>
    /// <param name="context">The request, after routing.</param>
    public static string? FallbackScopeOf(HttpContext context) =>
        // routing answers 405 and 415 by endpoints of its own, which are no routes
        context.GetEndpoint()
            is RouteEndpoint endpoint
        && endpoint.Metadata.GetMetadata<IAuthorizeData>()?.Policy != ByPath
            ? Scope.Admin
            : AccessTable.ScopeOf(context.Request);

    /// <summary>Whether everybody may make a request, so that nobody needs to know who does.</summary>
    /// <param name="context">The request, after routing.</param>
    public static bool IsForAll(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null || FallbackScopeOf(context) is null;

    private static bool StartsWithAWord(RoutePattern pattern) =>
        pattern.PathSegments is [] or [{ IsSimple: true, Parts: [RoutePatternLiteralPart] }, ..];

    private static bool OnlyReads(IList<object> metadata) =>
        metadata.OfType<HttpMethodMetadata>().LastOrDefault() is { HttpMethods: { Count: > 0 } methods }
        && methods.All(AccessTable.IsReading)
        && !metadata.OfType<NeedsAdmin>().Any();
}

/// <summary>Marks an endpoint that only reads, but reads what a key with the scope read must not have: prompts, hashes of keys, the audit
/// trail.</summary>
internal sealed class NeedsAdmin
{
    /// <summary>For <c>WithMetadata</c>.</summary>
    public static NeedsAdmin Mark { get; } = new();
}

/// <summary>Marks an endpoint that asks <see cref="Keys.KeyAccess"/> itself: it counts requests against the limits of their key, records
/// those that it refuses, and says no in the form of the API that was called.</summary>
internal sealed class ChecksKeysItself : IAllowAnonymous
{
    /// <summary>For <c>WithMetadata</c>.</summary>
    public static ChecksKeysItself Mark { get; } = new();
}
