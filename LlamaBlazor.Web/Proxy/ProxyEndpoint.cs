using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Cache;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Statistics;
using Microsoft.AspNetCore.Http.Features;

namespace LlamaBlazor.Web.Proxy;

/// <summary>
/// One request from its arrival to its last byte:
/// 1. who asks, 2. read the body, 3. find the model, 4. look into the cache, 5. wait for a place, 6. pass it on, 7. record it.
/// </summary>
internal sealed partial class ProxyEndpoint(
    KeyAccess access,
    ModelDirectory models,
    InFlightRegistry registry,
    RequestScheduler scheduler,
    EngineForwarder engines,
    ResponseCache cache,
    RequestRecorder recorder,
    ProxyOptions options,
    TimeProvider clock,
    ILogger<ProxyEndpoint> logger)
{
    /// <summary>Serves a request of a route of <see cref="RouteTable"/>.</summary>
    public async Task HandleAsync(HttpContext context, ProxyRoute route)
    {
        var check = await access.CheckAsync(context, Scope.Inference, count: route.Method == "POST").ConfigureAwait(false);
        if (!await PassesAsync(context, check).ConfigureAwait(false))
            return;
        var path = RouteTable.UpstreamPath(route, RawPath(context));
        using var body = await ReadBodyAsync(context, route, path).ConfigureAwait(false);
        if (body is not null)
            await RunAsync(context, route, path, check.Key, body).ConfigureAwait(false);
    }

    /// <summary>Serves a request that was translated from another API.</summary>
    /// <param name="context">The request; what is written to its answer is translated back on the way.</param>
    /// <param name="route">The route it was translated to; its path goes upstream.</param>
    /// <param name="body">The translated body, or null.</param>
    /// <param name="begun">Gets the request once it has begun.</param>
    public async Task HandleTranslatedAsync(HttpContext context, ProxyRoute route, RequestBody? body, Action<InFlightRequest> begun)
    {
        var check = await access.CheckAsync(context, Scope.Inference, count: true).ConfigureAwait(false);
        if (await PassesAsync(context, check).ConfigureAwait(false))
            await RunAsync(context, route, route.Path, check.Key, body, begun: begun).ConfigureAwait(false);
    }

    /// <summary>Serves <c>/upstream/{model}/…</c>: any method, any path of that engine, WebSockets too.</summary>
    public async Task HandleUpstreamAsync(HttpContext context)
    {
        var check = await access.CheckAsync(context, Scope.Inference, count: HttpMethods.IsPost(context.Request.Method)).ConfigureAwait(false);
        if (!await PassesAsync(context, check).ConfigureAwait(false))
            return;
        var path = RawPath(context);
        var raw = path.StartsWith(RouteTable.UpstreamPrefix, StringComparison.OrdinalIgnoreCase) ? path[RouteTable.UpstreamPrefix.Length..] : "";
        var split = ModelSelector.FromPath(raw, models.Contains);
        if (split is null)
        {
            await models.ReadAsync(context.RequestAborted).ConfigureAwait(false); // it may be new
            split = ModelSelector.FromPath(raw, models.Contains);
        }

        if (split is null)
        {
            var name = ModelSelector.FirstSegment(raw);
            await ProxyAnswers.SendAsync(context, ProxyError.ModelNotFound, UnknownModel(name)).ConfigureAwait(false);
            return;
        }

        if (split.Rest.Length == 0)
        {
            // Relative links of the engine's page need the slash.
            context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) ? StatusCodes.Status301MovedPermanently : StatusCodes.Status308PermanentRedirect;
            context.Response.Headers.Location = RawPath(context) + "/" + context.Request.QueryString.ToUriComponent();
            return;
        }

        var kind = RouteTable.KindOf(context.Request.Method, split.Rest);
        var route = new ProxyRoute(context.Request.Method, RouteTable.UpstreamPrefix, ModelSource.Path, kind);
        await RunAsync(context, route, split.Rest, check.Key, null, split.Model).ConfigureAwait(false);
    }

    /// <summary>Answers a request whose key was not accepted. True when it was.</summary>
    public static async ValueTask<bool> PassesAsync(HttpContext context, KeyCheck check)
    {
        if (check.Verdict == KeyVerdict.Allowed)
            return true;
        var error = check.Verdict switch
        {
            KeyVerdict.Forbidden => ProxyError.Forbidden,
            KeyVerdict.Limited => ProxyError.RateLimited,
            _ => ProxyError.Unauthorized,
        };
        await ProxyAnswers.SendAsync(context, error, check.Message, check.RetryAfter).ConfigureAwait(false);
        return false;
    }

    private async Task RunAsync(HttpContext context, ProxyRoute route, string path, ApiKey? key, RequestBody? body, string? modelName = null, Action<InFlightRequest>? begun = null)
    {
        var request = registry.Begin(route, path);
        begun?.Invoke(request);
        try
        {
            request.Key = key;
            request.Session = SessionOf(context) ?? key?.Name;
            if (await TryDescribeAsync(context, request, body, modelName).ConfigureAwait(false))
                await AnswerAsync(context, request, body).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            request.Fail(ProxyError.ClientGone, "The client went away.");
        }
        finally
        {
            access.CountTokens(request.KeyId, recorder.Record(request, context.Response.StatusCode));
            registry.End(request);
        }
    }

    // Steps 2 and 3: what the request asks for, and of which model.
    private async ValueTask<bool> TryDescribeAsync(HttpContext context, InFlightRequest request, RequestBody? body, string? modelName)
    {
        var facts = RequestFacts.Empty;
        if (request.Route.Source == ModelSource.Body && RequestReader.TryRead(body!.Memory.Span, out facts) is { } wrong)
            return await RefuseAsync(context, request, ProxyError.BadBody, wrong).ConfigureAwait(false);
        request.Facts = facts;
        var name = modelName ?? NameOf(context, request.Route, facts, body) ?? OnlyRunning();
        if (string.IsNullOrEmpty(name))
            return await RefuseAsync(context, request, ProxyError.ModelRequired, "The request names no model. Send one in the field \"model\" (or as ?model=); GET /v1/models lists them.").ConfigureAwait(false);
        request.ModelName = name.Length > 200 ? name[..200] : name;
        request.Target = await models.FindAsync(name, context.RequestAborted).ConfigureAwait(false);
        if (request.Target is not { } target)
            return await RefuseAsync(context, request, ProxyError.ModelNotFound, UnknownModel(request.ModelName)).ConfigureAwait(false);
        if (target.ParametersJson is { } parameters && request.Route.Source == ModelSource.Body)
        {
            body!.Replace(AliasParameters.Apply(body.Memory.Span, parameters));
            RequestReader.TryRead(body.Memory.Span, out var changed);
            request.Facts = changed;
        }

        return target.IsOpenTo(request.Key)
            || await RefuseAsync(context, request, ProxyError.Forbidden, $"The key '{request.Key!.Name}' may not ask '{target.Name}'.").ConfigureAwait(false);
    }

    // Step 4. Most requests have no ticket: the cache is off unless somebody switched it on.
    private async Task AnswerAsync(HttpContext context, InFlightRequest request, RequestBody? body)
    {
        var (served, ticket) = body is null ? (false, null) : await cache.TryServeAsync(context, request, body.Memory).ConfigureAwait(false);
        if (served)
            return;
        var capture = ResponseCache.CaptureFor(ticket);
        await ServeAsync(context, request, body, capture).ConfigureAwait(false);
        cache.Keep(ticket, request, context.Response.StatusCode, capture);
    }

    // Steps 5 and 6. A request that never reached its engine is sent once more, since engines come and go.
    private async Task ServeAsync(HttpContext context, InFlightRequest request, RequestBody? body, ResponseCapture? capture)
    {
        var waiting = request.Facts.Stream && options.KeepAliveSeconds > 0 && body is not null ? new WaitingStream(context, request, engines, clock) { TellsStatus = options.LoadingStatus && request.Route.Kind == RouteKind.Chat } : null;
        for (var attempt = 1; ; attempt++)
        {
            var turn = await scheduler.EnterAsync(request, waiting is null ? null : waiting.KeepAliveAsync, context.RequestAborted).ConfigureAwait(false);
            if (turn.Error is { } refused)
            {
                await RefuseAsync(context, request, refused, turn.Message!, turn.RetryAfter, waiting).ConfigureAwait(false);
                return;
            }

            ForwardFailure? failure;
            try
            {
                failure = await PassOnAsync(context, request, turn.Engine!, body, waiting, capture).ConfigureAwait(false);
            }
            finally
            {
                scheduler.Leave(request.Target!.Model);
            }

            if (failure is null)
                return;
            if (!failure.NeverArrived || attempt == 2)
            {
                await RefuseAsync(context, request, failure.Error, failure.Message).ConfigureAwait(false);
                return;
            }
        }
    }

    private async ValueTask<ForwardFailure?> PassOnAsync(HttpContext context, InFlightRequest request, InstanceSnapshot engine, RequestBody? body, WaitingStream? waiting, ResponseCapture? capture)
    {
        if (waiting?.HasBegun == true)
        {
            await waiting.ForwardAsync(engine, body!, capture).ConfigureAwait(false);
            return null;
        }

        body?.Rewind(context.Request);
        return await engines.ForwardAsync(context, request, engine, body?.Memory ?? default, capture).ConfigureAwait(false);
    }

    private async ValueTask<bool> RefuseAsync(HttpContext context, InFlightRequest request, ProxyError error, string message, int retryAfter = 0, WaitingStream? waiting = null)
    {
        request.Fail(error, message);
        LogRefused(LevelOf(error), request.RequestId, request.ModelName, message);
        if (waiting?.HasBegun == true)
            await waiting.FailAsync(error, message).ConfigureAwait(false);
        else
            await ProxyAnswers.SendAsync(context, error, message, retryAfter, request.RequestId).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<RequestBody?> ReadBodyAsync(HttpContext context, ProxyRoute route, string path)
    {
        var (body, error) = await RequestBody.ReadAsync(context.Request, options.BodyLimit, context.RequestAborted).ConfigureAwait(false);
        if (body is not null)
            return body;
        var request = registry.Begin(route, path);
        await RefuseAsync(context, request, error, ProxyAnswers.BodyMessage(error, options)).ConfigureAwait(false);
        recorder.Record(request, context.Response.StatusCode);
        registry.End(request);
        return null;
    }

    private static string? NameOf(HttpContext context, ProxyRoute route, RequestFacts facts, RequestBody? body)
    {
        var named = route.Source switch
        {
            ModelSource.Body => facts.Model,
            ModelSource.Form when ModelSelector.Boundary(context.Request.ContentType) is { } boundary => ModelSelector.FromForm(body!.Memory.Span, boundary, "model"),
            _ => null,
        };
        return string.IsNullOrEmpty(named) ? context.Request.Query["model"].ToString() is { Length: > 0 } query ? query : null : named;
    }

    // Clients of a single llama-server name no model: with one engine running there is no doubt which is meant.
    private string? OnlyRunning() => scheduler.OnlyRunning;

    private string UnknownModel(string name)
    {
        var close = NameSuggestions.Closest(name, models.All.Select(target => target.Name));
        return close.Count > 0
            ? $"The model '{name}' does not exist. Did you mean {string.Join(", ", close.Select(candidate => $"'{candidate}'"))}? GET /v1/models lists all."
            : $"The model '{name}' does not exist. GET /v1/models lists all.";
    }

    private static string? SessionOf(HttpContext context) =>
        context.Request.Headers["X-Session-Id"].ToString() is { Length: > 0 } session ? session[..Math.Min(session.Length, 200)] : null;

    // The path as the client wrote it: decoding and encoding again would change names with %2F.
    private static string RawPath(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (!target.StartsWith('/'))
            return context.Request.Path.ToUriComponent();
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }

    private static LogLevel LevelOf(ProxyError error) => error.Facts().Severity switch
    {
        Severity.Warning => LogLevel.Warning,
        Severity.Information => LogLevel.Information,
        _ => LogLevel.Debug,
    };

    [LoggerMessage(Message = "Request {RequestId} for '{Model}' was refused: {Reason}")]
    private partial void LogRefused(LogLevel level, string requestId, string model, string reason);
}
