using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Proxy.Bodies;
using LlamaBlazor.Web.Proxy.Caching;
using LlamaBlazor.Web.Proxy.Recording;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy;

/// <summary>
/// One request from where it may go on to its last byte: find its model, look into the cache, wait for a place, pass it on, record it. A
/// refusal is told in the form of its API, logged as loudly as it deserves, and recorded.
/// </summary>
internal sealed partial class RequestRun(
    InFlightRegistry registry,
    KeyAccess access,
    RequestDescriber describer,
    ResponseCache cache,
    RequestPassage passage,
    RequestRecorder recorder,
    IOptionsMonitor<ProxyOptions> options,
    ILogger<RequestRun> logger
)
{
    /// <summary>Answers a request whose key was not accepted. True when it was. A refused key that is known is recorded: its owner looks
    /// for the request. Who shows none that is known leaves no row.</summary>
    public async ValueTask<bool> PassesAsync(HttpContext context, Arrival arrival, KeyCheck check)
    {
        if (check.Verdict == KeyVerdict.Allowed || check.Key is null)
            return await RequestGate.PassesAsync(context, check).ConfigureAwait(false);
        await RunAsync(context, arrival with { Refusal = new(RequestGate.ErrorOf(check.Verdict), check.Message, check.RetryAfter) })
            .ConfigureAwait(false);
        return false;
    }

    /// <summary>Serves a request; what goes wrong is told to the client.</summary>
    public async Task RunAsync(HttpContext context, Arrival arrival)
    {
        var request = registry.Begin(arrival.Route, arrival.Path);
        try
        {
            arrival.Begun?.Invoke(request);
            (request.Key, request.Session) = (arrival.Key, SessionOf(context) ?? arrival.Key?.Name);
            request.ModelName = RequestDescriber.Shorten(arrival.ModelName ?? "");
            if (arrival.Refusal is { } refusal)
                await RequestGate.RefuseAsync(context, request, refusal.Error, refusal.Message, refusal.RetryAfter).ConfigureAwait(false);
            else if (await describer.TryDescribeAsync(context, request, arrival.Body, arrival.ModelName).ConfigureAwait(false))
                await AnswerAsync(context, request, arrival.Body).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            request.Fail(ProxyError.ClientGone, "The client went away.");
        }
        catch (BodyNotKeptException)
        {
            await RequestGate
                .RefuseAsync(
                    context,
                    request,
                    ProxyError.BodyNotKept,
                    ProxyAnswers.BodyMessage(ProxyError.BodyNotKept, options.CurrentValue)
                )
                .ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await ConfessAsync(context, request, error).ConfigureAwait(false);
        }
        finally
        {
            End(context, request);
        }
    }

    /// <summary>Records a request of another API that was refused before it could be translated; it has its answer already.</summary>
    public void NoteRefused(HttpContext context, ProxyRoute route, ApiKey? key, ProxyError error, string message)
    {
        var request = registry.Begin(route, route.Path);
        try
        {
            (request.Key, request.Session) = (key, SessionOf(context) ?? key?.Name);
            request.Fail(error, message);
            recorder.Record(request, error.Facts().Status);
        }
        finally
        {
            registry.End(request);
        }
    }

    private void End(HttpContext context, InFlightRequest request)
    {
        try
        {
            if (request.Error is { } failed and not ProxyError.Internal) // a mistake of ours is told with its details
                LogFailed(LevelOf(failed), request);
            access.CountTokens(context, request.KeyId, recorder.Record(request, context.Response.StatusCode));
        }
        finally
        {
            registry.End(request);
        }
    }

    // Most requests have no ticket: the cache is off unless somebody switched it on.
    private async Task AnswerAsync(HttpContext context, InFlightRequest request, RequestBody? body)
    {
        var (served, ticket) = body is null ? (false, null) : await cache.TryServeAsync(context, request, body).ConfigureAwait(false);
        if (served)
            return;
        var capture = cache.CaptureFor(ticket, request);
        var status = 0;
        try
        {
            await passage.ServeAsync(context, request, body, capture).ConfigureAwait(false);
            status = context.Response.StatusCode;
        }
        finally
        {
            cache.Keep(ticket, request, status, capture);
        }
    }

    // A mistake of ours: the client is told, the row says so, and an answer that has begun does not look whole.
    private async ValueTask ConfessAsync(HttpContext context, InFlightRequest request, Exception error)
    {
        const string Words = "The dashboard made a mistake with this request. The page Logs has the details; please report it.";
        LogMistake(request.RequestId, request.ModelName, error);
        request.Fail(ProxyError.Internal, Words);
        if (context.Response.HasStarted)
            context.Abort();
        else
            await Refusals.SendAsync(context, ProxyError.Internal, Words, 0, request.RequestId).ConfigureAwait(false);
    }

    private static string? SessionOf(HttpContext context) =>
        context.Request.Headers["X-Session-Id"].ToString() is { Length: > 0 } session ? session[..Math.Min(session.Length, 200)] : null;

    private static LogLevel LevelOf(ProxyError error) =>
        error.Facts().Severity switch
        {
            Severity.Warning => LogLevel.Warning,
            Severity.Information => LogLevel.Information,
            _ => LogLevel.Debug,
        };

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} for '{Model}' failed by a mistake of the dashboard")]
    private partial void LogMistake(string requestId, string model, Exception error);

    // Not through a template: what the log keeps in columns of its own stands in no message.
    private void LogFailed(LogLevel level, InFlightRequest request)
    {
        if (!logger.IsEnabled(level))
            return;
        KeyValuePair<string, object?>[] facts =
        [
            new("RequestId", request.RequestId),
            new("Model", request.ModelName),
            new("Reason", request.ErrorMessage),
            new("Endpoint", request.Path),
            new("ModelId", request.Target?.Model.Id),
            new("ModelPath", request.Target?.Model.Path),
            new("PromptPreview", recorder.PreviewOf(request)),
        ];
        logger.Log(
            level,
            default,
            facts,
            null,
            static (facts, _) => $"Request {facts[0].Value} for '{facts[1].Value}' failed: {facts[2].Value}"
        );
    }
}
