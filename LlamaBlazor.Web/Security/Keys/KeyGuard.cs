using LlamaBlazor.Domain.Security;

namespace LlamaBlazor.Web.Security.Keys;

/// <summary>Holds keys to their scopes on <c>/api</c>: reading needs read, changing needs admin. Requests without a key are judged elsewhere.</summary>
internal sealed class KeyGuard(RequestDelegate next)
{
    /// <summary>Passes the request on, or answers 401 or 403.</summary>
    public async Task InvokeAsync(HttpContext context, KeyAccess access)
    {
        if (!context.Request.Path.StartsWithSegments("/api") || KeySecret.FromHeaders(context.Request.Headers.Authorization, context.Request.Headers["X-Api-Key"]) is null)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        var check = await access.CheckAsync(context, isRead ? Scope.Read : Scope.Admin, count: false).ConfigureAwait(false);
        if (check.Verdict == KeyVerdict.Allowed)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var status = check.Verdict == KeyVerdict.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
        await Results.Problem(check.Message, statusCode: status, title: status == 403 ? "Not allowed" : "Key not accepted").ExecuteAsync(context).ConfigureAwait(false);
    }
}
