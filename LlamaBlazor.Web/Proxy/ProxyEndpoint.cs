using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Proxy.Bodies;
using LlamaBlazor.Web.Proxy.Caching;
using LlamaBlazor.Web.Proxy.Recording;
using LlamaBlazor.Web.Security;
using LlamaBlazor.Web.Security.Keys;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy;

/// <summary>
/// One request from its arrival to its last byte:
/// 1. who asks, 2. read the body, 3. find the model, 4. look into the cache, 5. wait for a place, 6. pass it on, 7. record it.
/// </summary>
internal sealed partial class ProxyEndpoint(
    KeyAccess access,
    EngineSites sites,
    ModelDirectory models,
    InFlightRegistry registry,
    RequestScheduler scheduler,
    EngineForwarder engines,
    StreamOwners owners,
    BodyStore bodies,
    ResponseCache cache,
    RequestRecorder recorder,
    IOptionsMonitor<ProxyOptions> options,
    TimeProvider clock,
    ILogger<ProxyEndpoint> logger
)
{
    /// <summary>Serves a request of a route of <see cref="RouteTable"/>.</summary>
    public async Task HandleAsync(HttpContext context, ProxyRoute route)
    {
        var check = await access.CheckAsync(context, Scope.Inference, count: true).ConfigureAwait(false);
        var arrival = new Arrival(route, RouteTable.UpstreamPath(route, context.Request.Path.Value!), check.Key);
        if (!await PassesAsync(context, arrival, check).ConfigureAwait(false))
            return;
        var (read, error) = await bodies
            .ReadAsync(context.Request, options.CurrentValue.BodyLimit, context.RequestAborted)
            .ConfigureAwait(false);
        using var body = read;
        await RunAsync(
                context,
                body is null
                    ? arrival with
                    {
                        Refusal = new(error, ProxyAnswers.BodyMessage(error, options.CurrentValue)),
                    }
                    : arrival with
                    {
                        Body = body,
                    }
            )
            .ConfigureAwait(false);
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
        catch (BodyNotKeptException)
        {
            await RefuseAsync(
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

    // Steps 2 and 3: what the request asks for, and of which model.
    private async ValueTask<bool> TryDescribeAsync(HttpContext context, InFlightRequest request, RequestBody? body, string? modelName)
    {
        var facts = RequestMetadata.Empty;
        // Without a body there is nothing to read, and nothing wrong where it need not name the model: /slots/3?action=erase.
        var isPlain = request.Route.Kind == RouteKind.Other;
        var isJson =
            request.Route.Source == ModelSource.Body
            && !(body!.Length == 0 && (isPlain || context.Request.Query["model"].ToString().Length > 0));
        if (isJson)
        {
            (var wrong, facts) = await body!.ReadAsync(bytes => FactsOf(bytes, isPlain), context.RequestAborted).ConfigureAwait(false);
            if (wrong is not null)
                return await RefuseAsync(context, request, ProxyError.BadBody, wrong).ConfigureAwait(false);
        }

        request.Facts = facts;
        var name = modelName ?? await NameOfAsync(context, request.Route, facts, body).ConfigureAwait(false) ?? OnlyRunning();
        if (string.IsNullOrEmpty(name))
            return await RefuseAsync(
                    context,
                    request,
                    ProxyError.ModelRequired,
                    "The request names no model. Send one in the field \"model\" (or as ?model=); GET /v1/models lists them."
                )
                .ConfigureAwait(false);
        request.ModelName = Shorten(name);
        request.Target = await models.FindAsync(name, context.RequestAborted).ConfigureAwait(false);
        if (request.Target is not { } target)
            return await RefuseAsync(context, request, ProxyError.ModelNotFound, UnknownModel(request.ModelName, request.Key))
                .ConfigureAwait(false);
        if (target.ParametersJson is { } parameters && isJson && !facts.IsArray)
        {
            await body!
                .RewriteAsync((bytes, write) => AliasParameters.Apply(bytes, parameters, write), context.RequestAborted)
                .ConfigureAwait(false);
            (_, request.Facts) = await body.ReadAsync(bytes => FactsOf(bytes, false), context.RequestAborted).ConfigureAwait(false);
        }

        return target.IsOpenTo(request.Key)
            || await RefuseAsync(context, request, ProxyError.Forbidden, $"The key '{request.Key!.Name}' may not ask '{target.Name}'.")
                .ConfigureAwait(false);
    }

    // Step 4. Most requests have no ticket: the cache is off unless somebody switched it on.
    private async Task AnswerAsync(HttpContext context, InFlightRequest request, RequestBody? body)
    {
        var (served, ticket) = body is null ? (false, null) : await cache.TryServeAsync(context, request, body).ConfigureAwait(false);
        if (served)
            return;
        var capture = cache.CaptureFor(ticket, request);
        var status = 0;
        try
        {
            await EndAbandonedAsync(context, request).ConfigureAwait(false);
            await ServeAsync(context, request, body, capture).ConfigureAwait(false);
            status = context.Response.StatusCode;
        }
        finally
        {
            cache.Keep(ticket, request, status, capture);
        }
    }

    // Steps 5 and 6. A request that never reached its engine is sent once more, since engines come and go.
    private async Task ServeAsync(HttpContext context, InFlightRequest request, RequestBody? body, ResponseCapture? capture)
    {
        var waiting =
            request.Facts.Stream && options.CurrentValue.KeepAliveSeconds > 0 && body is not null
                ? new WaitingStream(context, request, engines, clock)
                {
                    TellsStatus = options.CurrentValue.LoadingStatus && request.Route.Kind == RouteKind.Chat,
                }
                : null;
        for (var attempt = 1; ; attempt++)
        {
            var turn = await scheduler
                .EnterAsync(request, waiting is null ? null : waiting.KeepAliveAsync, context.RequestAborted)
                .ConfigureAwait(false);
            if (turn.Error is { } refused)
            {
                if (
                    refused == ProxyError.ModelNotFound
                    && attempt == 1
                    && await HasMovedAsync(request, context.RequestAborted).ConfigureAwait(false)
                )
                    continue;
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
                Leave(context, request);
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

    // The name may belong to another model by now: one that was deleted and made anew.
    private async ValueTask<bool> HasMovedAsync(InFlightRequest request, CancellationToken cancellation)
    {
        models.Invalidate();
        if (
            await models.FindAsync(request.ModelName, cancellation).ConfigureAwait(false) is not { } target
            || target.Model.Id == request.Target!.Model.Id
            || !target.IsOpenTo(request.Key)
        )
            return false;
        request.Target = target;
        return true;
    }

    private async ValueTask<ForwardFailure?> PassOnAsync(
        HttpContext context,
        InFlightRequest request,
        InstanceSnapshot engine,
        RequestBody? body,
        WaitingStream? waiting,
        ResponseCapture? capture
    )
    {
        if (waiting?.HasBegun == true)
        {
            await waiting.ForwardAsync(engine, body!, capture).ConfigureAwait(false);
            return null;
        }

        body?.Rewind(context.Request);
        return await engines.ForwardAsync(context, request, engine, body, capture).ConfigureAwait(false);
    }

    private (string? Wrong, RequestMetadata Facts) FactsOf(ReadOnlySpan<byte> bytes, bool mayBeArray) =>
        (RequestReader.TryRead(bytes, out var facts, recorder.PromptLength, mayBeArray), facts);

    private static async ValueTask<string?> NameOfAsync(HttpContext context, ProxyRoute route, RequestMetadata facts, RequestBody? body)
    {
        var named = route.Source switch
        {
            ModelSource.Body => facts.Model,
            ModelSource.Form when ModelSelector.Boundary(context.Request.ContentType) is { } boundary => await body!
                .ReadAsync(bytes => ModelSelector.FromForm(bytes, boundary, "model"), context.RequestAborted)
                .ConfigureAwait(false),
            _ => null,
        };
        return string.IsNullOrEmpty(named)
            ? context.Request.Query["model"].ToString() is { Length: > 0 } query
                ? query
                : null
            : named;
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
        var path = query < 0 ? target : target[..query];
        return path.StartsWith("//", StringComparison.Ordinal) ? "/" + path.TrimStart('/') : path;
    }
}
