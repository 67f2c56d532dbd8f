using System.Text.Json;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Web.Security;

/// <summary>Says no in the form that the client reads: that of its API, problem details on the dashboard's own, words for a
/// person.</summary>
internal static class ApiRefusal
{
    /// <summary>Answers and ends the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">Why, which gives the status.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="form">Whose API was asked.</param>
    public static async Task SendAsync(HttpContext context, ProxyError error, string message, ApiForm form)
    {
        var facts = error.Facts();
        context.Response.StatusCode = facts.Status;
        if (error == ProxyError.Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        if (form == ApiForm.Dashboard)
        {
            await Results.Problem(message, statusCode: facts.Status, title: facts.Status == StatusCodes.Status401Unauthorized
                ? "Key not accepted" : "Not allowed")
                .ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = form == ApiForm.Page ? "text/plain; charset=utf-8" : "application/json";
        await context.Response.Body.WriteAsync(Body(error, facts, message, form), context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The form of a path of the dashboard's own port.</summary>
    public static ApiForm FormOf(PathString path)
    {
        if (path.StartsWithSegments("/api") || path.StartsWithSegments("/hubs"))
            return ApiForm.Dashboard;
        if (path.Value?.TrimEnd('/').Contains("/messages", StringComparison.OrdinalIgnoreCase) == true
            && RouteTable.IsForPrograms(path.Value.TrimEnd('/')))
            return ApiForm.Anthropic;
        var isForPrograms = RouteTable.IsForPrograms(path.Value) || path.StartsWithSegments("/upstream") || path.StartsWithSegments("/v1");
        return isForPrograms ? ApiForm.OpenAi : ApiForm.Page;
    }

    private static byte[] Body(ProxyError error, ProxyErrorFacts facts, string message, ApiForm form) => form switch
    {
        ApiForm.Anthropic => JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = "error",
            error = new { type = facts.Status == StatusCodes.Status401Unauthorized ? "authentication_error" : "permission_error", message },
        }),
        ApiForm.Ollama => JsonSerializer.SerializeToUtf8Bytes(new { error = message }),
        ApiForm.OpenAi => OpenAiError.Json(error, message),
        _ => System.Text.Encoding.UTF8.GetBytes(message),
    };
}

/// <summary>Whose form an answer has.</summary>
internal enum ApiForm
{
    /// <summary>Words, for a person.</summary>
    Page,

    /// <summary>Problem details of RFC 9457.</summary>
    Dashboard,

    /// <summary>OpenAI's.</summary>
    OpenAi,

    /// <summary>Anthropic's.</summary>
    Anthropic,

    /// <summary>Ollama's.</summary>
    Ollama,
}
