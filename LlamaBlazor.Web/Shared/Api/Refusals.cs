using System.Globalization;
using System.Text;
using System.Text.Json;
using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Web.Shared.Api;

/// <summary>Marks a request that came through the port of Ollama's API.</summary>
internal sealed record OllamaPortFeature;

/// <summary>The one place that says no: in the form the client reads, which follows from the path and the port
/// (<see cref="ApiFamilies"/>).</summary>
internal static class Refusals
{
    private static readonly PathString[] OfPrograms = ["/api", "/hubs", "/metrics", "/openapi", "/_blazor"];

    /// <summary>Header with the id of a request.</summary>
    public const string RequestIdHeader = "X-Request-Id";

    /// <summary>Sends an error. Does nothing when the client is gone or its answer has begun.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">The kind; status and words of the form follow from it.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="retryAfter">Seconds to wait, or 0.</param>
    /// <param name="requestId">Id of the request, or null.</param>
    public static async Task SendAsync(HttpContext context, ProxyError error, string message, int retryAfter = 0, string? requestId = null)
    {
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
            return;
        var response = context.Response;
        var family = FamilyOf(context);
        response.StatusCode = error.Facts().Status;
        response.ContentType =
            IsPage(context, family) ? "text/plain; charset=utf-8"
            : family == ApiFamily.Dashboard ? "application/problem+json"
            : "application/json";
        if (retryAfter > 0)
            response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
        if (requestId is not null)
            response.Headers[RequestIdHeader] = requestId;
        if (error == ProxyError.Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        var body = IsPage(context, family) ? Encoding.UTF8.GetBytes(message) : Body(family, error, message);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The family of a request.</summary>
    /// <param name="context">The request.</param>
    public static ApiFamily FamilyOf(HttpContext context) =>
        ApiFamilies.Of(
            context.Request.Path.Value,
            context.Request.Headers.ContainsKey("anthropic-version"),
            context.Features.Get<OllamaPortFeature>() is not null
        );

    /// <summary>The body of an error.</summary>
    /// <param name="family">Whose form.</param>
    /// <param name="error">The kind.</param>
    /// <param name="message">The words.</param>
    public static byte[] Body(ApiFamily family, ProxyError error, string message) =>
        family switch
        {
            ApiFamily.Anthropic => AnthropicError.Json(error, message),
            ApiFamily.Ollama => JsonSerializer.SerializeToUtf8Bytes(new { error = message }, OpenAiError.AsWritten),
            ApiFamily.Dashboard => Problem(error.Facts(), message),
            _ => OpenAiError.Json(error, message),
        };

    /// <summary>The error as an event of a stream that has begun.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">The kind.</param>
    /// <param name="message">The words.</param>
    public static byte[] Event(HttpContext context, ProxyError error, string message) =>
        FamilyOf(context) == ApiFamily.Anthropic ? AnthropicError.Event(error, message) : OpenAiError.Event(error, message);

    /// <summary>Whether a person looks at the answer: the path is that of a page.</summary>
    /// <param name="context">The request.</param>
    public static bool IsPage(HttpContext context) => IsPage(context, FamilyOf(context));

    // A person looks at it: words say it.
    private static bool IsPage(HttpContext context, ApiFamily family) =>
        family == ApiFamily.Dashboard
        && !OfPrograms.Any(prefix => context.Request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));

    private static byte[] Problem(ProxyErrorFacts facts, string message) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                title = TitleOf(facts.Status),
                status = facts.Status,
                detail = message,
            },
            OpenAiError.AsWritten
        );

    private static string TitleOf(int status) =>
        status switch
        {
            401 => "Key not accepted",
            403 => "Not allowed",
            404 => "Not found",
            429 => "Too many requests",
            >= 500 => "Not available",
            _ => "Not valid",
        };
}
