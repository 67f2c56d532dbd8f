using System.Globalization;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Shell;

/// <summary>
/// Answers for routes that read the database as long as it cannot be used: 503 with the reason, in the form of each API. A request of a
/// client of the
/// models waits a while before, since most starts take a second. Pages say it themselves.
/// </summary>
internal sealed class DatabaseGuard(RequestDelegate next, DatabaseState database, TimeProvider clock)
{
    /// <summary>Seconds after which a client should ask again.</summary>
    public const int RetryAfter = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Passes the request on, or answers 503.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (database.IsReady)
            return next(context);
        var path = context.Request.Path;
        if (path.StartsWithSegments("/api"))
            return RefuseApiAsync(context);
        return IsOfModels(context.Request) ? WaitAsync(context) : next(context);
    }

    /// <summary>Why the database cannot be used, once that is clear; null when it can.</summary>
    /// <param name="database">The database.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellation">The client has left.</param>
    public static async Task<string?> FindReasonAsync(DatabaseState database, TimeProvider clock, CancellationToken cancellation)
    {
        try
        {
            return await database.IsUsableAsync(cancellation).WaitAsync(Patience, clock, cancellation).ConfigureAwait(false)
                ? null
                : Reason(database);
        }
        catch (TimeoutException)
        {
            return Reason(database);
        }
    }

    private static bool IsOfModels(HttpRequest request) =>
        request.Path.StartsWithSegments("/v1")
        || request.Path.StartsWithSegments("/upstream")
        || RouteTable.IsForPrograms(request.Path.Value)
        || (request.Path == RouteTable.Metrics.Path && request.Query.ContainsKey("model"));

    private static string Reason(DatabaseState database) => database.Failure ?? $"{database.Progress} Try again in a moment.";

    private async Task WaitAsync(HttpContext context)
    {
        if (await FindReasonAsync(database, clock, context.RequestAborted).ConfigureAwait(false) is { } reason)
            await Refusals.SendAsync(context, ProxyError.NotReady, reason, RetryAfter).ConfigureAwait(false);
        else
            await next(context).ConfigureAwait(false);
    }

    private Task RefuseApiAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetryAfter.ToString(CultureInfo.InvariantCulture);
        return Results
            .Problem(Reason(database), statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not available")
            .ExecuteAsync(context);
    }
}
