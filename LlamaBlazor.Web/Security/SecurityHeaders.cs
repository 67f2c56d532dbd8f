using LlamaBlazor.Web.Shell;

namespace LlamaBlazor.Web.Security;

/// <summary>Adds the headers that keep a browser from running, framing or sniffing what is not ours, and gives pages what lets their own
/// requests in.</summary>
internal sealed class SecurityHeaders(RequestDelegate next, DashboardPass pass)
{
    // MudBlazor and ApexCharts position elements with style attributes; scripts are files of our own only.
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        + "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Sets the headers and passes the request on.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (HttpMethods.IsGet(context.Request.Method) && SiteMap.IsPage(context.Request.Path) && PassOf(context.Request) != pass.ForPages)
            context.Response.Cookies.Append(
                CookieOf(context.Request),
                pass.ForPages,
                new CookieOptions
                {
                    HttpOnly = true,
                    SameSite = SameSiteMode.Strict,
                    Secure = context.Request.IsHttps,
                    IsEssential = true,
                }
            );
        return next(context);
    }

    /// <summary>What a page of ours carries, or null.</summary>
    public static string? PassOf(HttpRequest request) => request.Cookies[CookieOf(request)];

    // Browsers do not tell cookies of different ports apart.
    private static string CookieOf(HttpRequest request) => $"llamablazor-{request.Host.Port ?? (request.IsHttps ? 443 : 80)}";
}
