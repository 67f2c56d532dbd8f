using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Proxy;

// Saying no: every refusal is told in OpenAI's form, logged as loudly as it deserves, and recorded.
internal sealed partial class ProxyEndpoint
{
    /// <summary>Answers a request whose key was not accepted. True when it was.</summary>
    public static async ValueTask<bool> PassesAsync(HttpContext context, KeyCheck check)
    {
        if (check.Verdict == KeyVerdict.Allowed)
            return true;
        await Refusals.SendAsync(context, ErrorOf(check.Verdict), check.Message, check.RetryAfter).ConfigureAwait(false);
        return false;
    }

    // A refused key that is known is recorded: its owner looks for the request. Who shows none that is known leaves no row.
    private async ValueTask<bool> PassesAsync(HttpContext context, Arrival arrival, KeyCheck check)
    {
        if (check.Verdict == KeyVerdict.Allowed || check.Key is null)
            return await PassesAsync(context, check).ConfigureAwait(false);
        await RunAsync(context, arrival with { Refusal = new(ErrorOf(check.Verdict), check.Message, check.RetryAfter) })
            .ConfigureAwait(false);
        return false;
    }

    private static ProxyError ErrorOf(KeyVerdict verdict) =>
        verdict switch
        {
            KeyVerdict.Forbidden => ProxyError.Forbidden,
            KeyVerdict.Limited => ProxyError.RateLimited,
            _ => ProxyError.Unauthorized,
        };

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

    private static async ValueTask<bool> RefuseAsync(
        HttpContext context,
        InFlightRequest request,
        ProxyError error,
        string message,
        int retryAfter = 0,
        WaitingStream? waiting = null
    )
    {
        request.Fail(error, message);
        if (waiting?.HasBegun == true)
            await waiting.FailAsync(error, message).ConfigureAwait(false);
        else
            await Refusals.SendAsync(context, error, message, retryAfter, request.RequestId).ConfigureAwait(false);
        return false;
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

    // A key is told no names that its list of models hides.
    private string UnknownModel(string name, ApiKey? key)
    {
        var close = NameSuggestions.Closest(name, models.All.Where(target => target.IsOpenTo(key)).Select(target => target.Name));
        return close.Count > 0
            ? $"The model '{name}' does not exist. Did you mean {string.Join(", ", close.Select(candidate => $"'{candidate}'"))}? GET "
                + "/v1/models lists all."
            : $"The model '{name}' does not exist. GET /v1/models lists all.";
    }

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
