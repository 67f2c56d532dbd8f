using System.Globalization;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Answers of the endpoint itself, in the form of OpenAI.</summary>
internal static class ProxyAnswers
{
    /// <summary>Sends an error. Does nothing when the client is gone.</summary>
    public static async Task SendAsync(HttpContext context, ProxyError error, string message, int retryAfter = 0, string? requestId = null)
    {
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
            return;
        var response = context.Response;
        response.StatusCode = error.Facts().Status;
        response.ContentType = "application/json";
        if (retryAfter > 0)
            response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
        if (requestId is not null)
            response.Headers[EngineTransformer.RequestIdHeader] = requestId;
        if (error == ProxyError.Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        var body = OpenAiError.Json(error, message);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The words for a body that could not be read.</summary>
    public static string BodyMessage(ProxyError error, ProxyOptions options) => error switch
    {
        ProxyError.BodyTooLarge => $"The body is larger than {options.BodyLimitMb} MiB. Send less, or raise LlamaBlazor:Proxy:BodyLimitMb.",
        ProxyError.UnsupportedEncoding => "The body has a Content-Encoding that is not known. Use gzip, br, deflate, or none.",
        ProxyError.SlowClient => "The body came too slowly.",
        ProxyError.ClientGone => "The client went away while it sent its body.",
        _ => "The body could not be read: its encoding or its length is wrong.",
    };
}
