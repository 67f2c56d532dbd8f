using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Proxy.Ollama;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Proxy.Bodies;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy.Ollama;

/// <summary>
/// Serves Ollama's API: requests are translated, go the way of all requests (keys, queue, cache, statistics), and their answers are
/// translated on the
/// way back. OpenAI's routes are served here too, as Ollama does.
/// </summary>
internal sealed class OllamaEndpoint(
    ProxyEndpoint proxy,
    OllamaLists lists,
    OllamaKeepAlive keepAlive,
    ModelDirectory models,
    ModelCatalogue catalogue,
    BodyStore bodies,
    IOptionsMonitor<ProxyOptions> options,
    TimeProvider clock
)
{
    /// <summary>The version of Ollama's API that is spoken: clients compare it with what they need.</summary>
    public const string ApiVersion = "0.12.6";

    /// <summary>Serves one request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        // One way to write a path; and HEAD asks for what GET asks, as the server sends no body then.
        var path = RoutePath.Normal(context.Request.Path.Value ?? "/");
        path = RouteTable.Canonical(path) ?? (path == "/" ? "" : path.ToLowerInvariant());
        context.Request.Path = path;
        if (HttpMethods.IsHead(context.Request.Method))
            context.Request.Method = HttpMethods.Get;
        return path.StartsWith("/v1", StringComparison.Ordinal) ? HandleOpenAiAsync(context, path) : HandleOwnAsync(context, path);
    }

    private Task HandleOwnAsync(HttpContext context, string path) =>
        (context.Request.Method, path) switch
        {
            ("GET", "") => TextAsync(context, "Ollama is running"),
            ("GET", "/api/version") => OllamaLists.WriteAsync(context, new { version = ApiVersion }),
            ("GET", "/api/tags") => lists.TagsAsync(context),
            ("GET", "/api/ps") => lists.RunningAsync(context),
            ("POST", "/api/show") => lists.ShowAsync(context),
            ("POST", "/api/chat") => TranslateAsync(context, OllamaVerb.Chat),
            ("POST", "/api/generate") => TranslateAsync(context, OllamaVerb.Generate),
            ("POST", "/api/embed") => TranslateAsync(context, OllamaVerb.Embed),
            ("POST", "/api/embeddings") => TranslateAsync(context, OllamaVerb.Embedding),
            (_, "/api/pull" or "/api/push" or "/api/create" or "/api/copy" or "/api/delete") => OllamaLists.RefuseAsync(
                context,
                StatusCodes.Status501NotImplemented,
                "Models are added and removed in the dashboard, on the page Models."
            ),
            _ => RefuseUnknownAsync(context),
        };

    private Task HandleOpenAiAsync(HttpContext context, string path)
    {
        var method = context.Request.Method;
        if (HttpMethods.IsGet(method) && path == RouteTable.ModelsPath)
            return catalogue.ListAsync(context);
        if (HttpMethods.IsGet(method) && path.StartsWith(RouteTable.ModelsPath + "/", StringComparison.Ordinal))
            return catalogue.FindAsync(context, path[(RouteTable.ModelsPath.Length + 1)..]);
        return RouteTable.All.FirstOrDefault(route => route.Method == method && route.Path == path) is { } route
            ? proxy.HandleAsync(context, route)
            : RefuseUnknownAsync(context);
    }

    private static Task RefuseUnknownAsync(HttpContext context) =>
        Refusals.SendAsync(
            context,
            ProxyError.UnknownRoute,
            $"{context.Request.Method} {context.Request.Path} is not a route of this API."
        );

    private async Task TranslateAsync(HttpContext context, OllamaVerb verb)
    {
        // Before the body is read: a client without a key is not worth 64 MiB.
        if (await lists.CheckAsync(context, Scope.Inference).ConfigureAwait(false) is not { } check)
            return;
        var (read, error) = await bodies
            .ReadAsync(context.Request, options.CurrentValue.BodyLimit, context.RequestAborted)
            .ConfigureAwait(false);
        using var body = read;
        if (body is null)
        {
            await RefuseAsync(context, check.Key, error, ProxyAnswers.BodyMessage(error, options.CurrentValue)).ConfigureAwait(false);
            return;
        }

        try
        {
            await TranslateAsync(context, verb, check.Key, body).ConfigureAwait(false);
        }
        catch (BodyNotKeptException)
        {
            await RefuseAsync(
                    context,
                    check.Key,
                    ProxyError.BodyNotKept,
                    ProxyAnswers.BodyMessage(ProxyError.BodyNotKept, options.CurrentValue)
                )
                .ConfigureAwait(false);
        }
    }

    private async Task TranslateAsync(HttpContext context, OllamaVerb verb, ApiKey? key, RequestBody body)
    {
        var request = await body.ReadAsync(bytes => OllamaRequest.Read(verb, bytes, models.Contains), context.RequestAborted)
            .ConfigureAwait(false);
        if (request.Failure is { } failure)
            await RefuseAsync(context, key, ProxyError.BadBody, failure.Message).ConfigureAwait(false);
        else if (request.Value is { LoadsOnly: true, KeepAlive: { Ticks: 0 } } farewell)
            await LetGoAsync(context, farewell).ConfigureAwait(false);
        else
            await RunAsync(context, request.Value, body).ConfigureAwait(false);
    }

    private Task RefuseAsync(HttpContext context, ApiKey? key, ProxyError error, string message)
    {
        proxy.NoteRefused(
            context,
            new ProxyRoute("POST", context.Request.Path.Value!, ModelSource.Body, RouteKind.Other),
            key,
            error,
            message
        );
        return OllamaLists.RefuseAsync(context, error.Facts().Status, message);
    }

    // Nothing asked and no time to stay: the client wants the model gone, and not started for that.
    private async Task LetGoAsync(HttpContext context, OllamaCall call)
    {
        if (await lists.FindAsync(context, call.Model).ConfigureAwait(false) is not { } target)
            return;
        keepAlive.Note(target.Model.Id, call.KeepAlive);
        var answer = new OllamaAnswer(call, static () => default, clock).Whole(StatusCodes.Status200OK, "{}"u8);
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task RunAsync(HttpContext context, OllamaCall call, RequestBody body)
    {
        if (call.LoadsOnly)
        {
            context.Request.Method = HttpMethods.Get;
            context.Request.ContentLength = null;
            context.Request.Body = Stream.Null;
        }
        else
        {
            var translated = call.Body;
            await body.RewriteAsync((_, write) => write(translated), context.RequestAborted).ConfigureAwait(false);
            call = call with { Body = [] }; // may be large, and is kept once
        }

        InFlightRequest? request = null;
        var stream = new OllamaStream(context, new OllamaAnswer(call, () => FiguresOf(request), clock));
        context.Features.Set<IHttpResponseBodyFeature>(stream);
        context.Request.QueryString = call.LoadsOnly ? QueryString.Create("model", call.Name) : default;
        await proxy
            .HandleTranslatedAsync(context, call.Route, call.LoadsOnly ? null : body, begun => request = begun)
            .ConfigureAwait(false);
        await stream.CompleteAsync().ConfigureAwait(false);
        keepAlive.Note(request?.Target?.Model.Id, call.KeepAlive);
    }

    private OllamaFigures FiguresOf(InFlightRequest? request) =>
        request is null
            ? default
            : new OllamaFigures(request.Reader?.Usage, clock.GetElapsedTime(request.StartTimestamp).TotalMilliseconds, request.LoadMs);

    private static Task TextAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
