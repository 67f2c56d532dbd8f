using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;

namespace LlamaBlazor.Web.Security.Access;

/// <summary>
/// Who may ask what: the one table of the areas of the dashboard and the policy of each, which is named like the scope it asks for.
/// <see cref="AccessRules"/> puts it on every endpoint.
/// </summary>
internal static class AccessTable
{
    /// <summary>All rows; no path belongs to two of them.</summary>
    public static IReadOnlyList<AccessRow> Rows { get; } =
    [
        new("/_blazor", Scope.Admin, Scope.Admin), // a circuit can do whatever its page can
        new("/api", Scope.Read, Scope.Admin), // an endpoint with NeedsAdmin is read by administrators alone
        new("/hubs", Scope.Read, Scope.Read),
        new("/metrics", Scope.Read, Scope.Read), // an engine's own, with ?model=, are the proxy's
        new("/openapi", Scope.Read, Scope.Read),
        new("/_framework", null, null), // scripts of Blazor
        new("/healthz", null, null),
        new("/readyz", null, null),
    ];

    /// <summary>The row of a path, or null.</summary>
    /// <param name="path">Path of a request, or pattern of a route with its leading slash.</param>
    public static AccessRow? RowOf(PathString path) => Rows.FirstOrDefault(row => path.StartsWithSegments(row.Prefix));

    /// <summary>The scope that a request needs by its path and method alone; null where everybody may ask.</summary>
    /// <param name="request">The request.</param>
    public static string? ScopeOf(HttpRequest request) => RowOf(request.Path)?.For(IsReading(request.Method));

    /// <summary>Whether a method only reads.</summary>
    /// <param name="method">Name of the method.</param>
    public static bool IsReading(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    /// <summary>Whether a request is for an engine's own figures, which share their path with the dashboard's: the proxy checks
    /// it.</summary>
    /// <param name="request">The request.</param>
    public static bool IsOfAnEngine(HttpRequest request) => request.Path == RouteTable.Metrics.Path && request.Query.ContainsKey("model");
}

/// <summary>What is needed below a path.</summary>
/// <param name="Prefix">The path, whole segments.</param>
/// <param name="Reading">Scope for GET and HEAD; null for everybody.</param>
/// <param name="Changing">Scope for other methods; null for everybody.</param>
internal sealed record AccessRow(string Prefix, string? Reading, string? Changing)
{
    /// <summary>The scope that is needed; null for everybody.</summary>
    /// <param name="isReading">Whether the method only reads.</param>
    public string? For(bool isReading) => isReading ? Reading : Changing;
}
