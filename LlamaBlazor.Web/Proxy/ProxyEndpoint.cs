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
        var arrival = new Arrival(route, RouteTable.UpstreamPath(route, RawPath(context)), check.Key);
        if (!await PassesAsync(context, arrival, check).ConfigureAwait(false))
            return;
        var (read, error) = await RequestBody.ReadAsync(context.Request, options.BodyLimit, context.RequestAborted).ConfigureAwait(false);
        using var body = read;
        await RunAsync(context, body is null ? arrival with { Refusal = new(error, ProxyAnswers.BodyMessage(error, options)) } : arrival with { Body = body }).ConfigureAwait(false);
    }

    /// <summary>Serves a request that was translated from another API.</summary>
    /// <param name="context">The request; what is written to its answer is translated back on the way.</param>
    /// <param name="route">The route it was translated to; its path goes upstream.</param>
    /// <param name="body">The translated body, or null.</param>
    /// <param name="begun">Gets the request once it has begun.</param>
    public async Task HandleTranslatedAsync(HttpContext context, ProxyRoute route, RequestBody? body, Action<InFlightRequest> begun)
    {
        var check = await access.CheckAsync(context, Scope.Inference, count: true).ConfigureAwait(false);
        var arrival = new Arrival(route, route.Path, check.Key) { Body = body, Begun = begun };
        if (await PassesAsync(context, arrival, check).ConfigureAwait(false))
            await RunAsync(context, arrival).ConfigureAwait(false);
    }

    /// <summary>Serves <c>/upstream/{model}/…</c>: any method, any path of that engine, WebSockets too.</summary>
    public async Task HandleUpstreamAsync(HttpContext context)
    {
        var method = context.Request.Method;
        var check = await access.CheckAsync(context, Scope.Inference, count: HttpMethods.IsPost(method)).ConfigureAwait(false);
        var path = RawPath(context);
        var raw = path.StartsWith(RouteTable.UpstreamPrefix, StringComparison.OrdinalIgnoreCase) ? path[RouteTable.UpstreamPrefix.Length..] : "";
        var arrival = new Arrival(new ProxyRoute(method, RouteTable.UpstreamPrefix, ModelSource.Path, RouteKind.Other), path, check.Key);
        if (!await PassesAsync(context, arrival, check).ConfigureAwait(false))
            return;
        var split = ModelSelector.FromPath(raw, models.Contains);
        if (split is null)
        {
            await models.ReadAsync(context.RequestAborted).ConfigureAwait(false); // it may be new
            split = ModelSelector.FromPath(raw, models.Contains);
        }

        if (split is null)
        {
            var name = ModelSelector.FirstSegment(raw);
            await RunAsync(context, arrival with { ModelName = name, Refusal = new(ProxyError.ModelNotFound, UnknownModel(name, check.Key)) }).ConfigureAwait(false);
            return;
        }

        if (split.Rest.Length == 0)
        {
            // Relative links of the engine's page need the slash.
            context.Response.StatusCode = HttpMethods.IsGet(method) ? StatusCodes.Status301MovedPermanently : StatusCodes.Status308PermanentRedirect;
            context.Response.Headers.Location = path + "/" + context.Request.QueryString.ToUriComponent();
            return;
        }

        var route = arrival.Route with { Kind = RouteTable.KindOf(method, split.Rest) };
        var tooLarge = !RequestBody.TryLimit(context.Request, options.BodyLimit); // the body passes through unread, and no larger than any other
        await RunAsync(context, new Arrival(route, split.Rest, check.Key)
        {
            ModelName = split.Model,
            Refusal = tooLarge ? new(ProxyError.BodyTooLarge, ProxyAnswers.BodyMessage(ProxyError.BodyTooLarge, options)) : null,
        }).ConfigureAwait(false);
    }

    private async Task RunAsync(HttpContext context, Arrival arrival)
    {
        var request = registry.Begin(arrival.Route, arrival.Path);
        try
        {
            arrival.Begun?.Invoke(request);
            (request.Key, request.Session) = (arrival.Key, SessionOf(context) ?? arrival.Key?.Name);
            request.ModelName = Shorten(arrival.ModelName ?? "");
            if (arrival.Refusal is { } refusal)
                await RefuseAsync(context, request, refusal.Error, refusal.Message, refusal.RetryAfter).ConfigureAwait(false);
            else if (await TryDescribeAsync(context, request, arrival.Body, arrival.ModelName).ConfigureAwait(false))
                await AnswerAsync(context, request, arrival.Body).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            request.Fail(ProxyError.ClientGone, "The client went away.");
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

    private void End(HttpContext context, InFlightRequest request)
    {
        try
        {
            if (request.Error is { } failed and not ProxyError.Internal) // a mistake of ours is told with its details
                LogFailed(LevelOf(failed), request);
            access.CountTokens(request.KeyId, recorder.Record(request, context.Response.StatusCode));
        }
        finally
        {
            registry.End(request);
        }
    }

    // Steps 2 and 3: what the request asks for, and of which model.
    private async ValueTask<bool> TryDescribeAsync(HttpContext context, InFlightRequest request, RequestBody? body, string? modelName)
    {
        var facts = RequestFacts.Empty;
        // Without a body there is nothing to read, and nothing wrong where the query names the model: /slots/3?action=erase&model=x.
        var isJson = request.Route.Source == ModelSource.Body && !(body!.Memory.IsEmpty && context.Request.Query.ContainsKey("model"));
        if (isJson && RequestReader.TryRead(body!.Memory.Span, out facts, recorder.PromptLength) is { } wrong)
            return await RefuseAsync(context, request, ProxyError.BadBody, wrong).ConfigureAwait(false);
        request.Facts = facts;
        var name = modelName ?? NameOf(context, request.Route, facts, body) ?? OnlyRunning();
        if (string.IsNullOrEmpty(name))
            return await RefuseAsync(context, request, ProxyError.ModelRequired, "The request names no model. Send one in the field \"model\" (or as ?model=); GET /v1/models lists them.").ConfigureAwait(false);
        request.ModelName = Shorten(name);
        request.Target = await models.FindAsync(name, context.RequestAborted).ConfigureAwait(false);
        if (request.Target is not { } target)
            return await RefuseAsync(context, request, ProxyError.ModelNotFound, UnknownModel(request.ModelName, request.Key)).ConfigureAwait(false);
        if (target.ParametersJson is { } parameters && isJson)
        {
            body!.Replace(AliasParameters.Apply(body.Memory, parameters));
            RequestReader.TryRead(body.Memory.Span, out var changed, recorder.PromptLength);
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
                scheduler.Leave(request);
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

    private static string Shorten(string name) => name.Length > 200 ? name[..200] : name;

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
}
