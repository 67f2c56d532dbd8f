using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Proxy.Ollama;
using LlamaBlazor.Domain.Security;
using Microsoft.AspNetCore.Http.Features;

namespace LlamaBlazor.Web.Proxy.Ollama;

/// <summary>
/// Serves Ollama's API: requests are translated, go the way of all requests (keys, queue, cache, statistics), and their answers are translated on the
/// way back. OpenAI's routes are served here too, as Ollama does.
/// </summary>
internal sealed class OllamaEndpoint(ProxyEndpoint proxy, OllamaLists lists, OllamaKeepAlive keepAlive, ModelDirectory models, ProxyOptions options, TimeProvider clock)
{
    /// <summary>The version of Ollama's API that is spoken: clients compare it with what they need.</summary>
    public const string ApiVersion = "0.12.6";

    /// <summary>Serves one request.</summary>
    public Task HandleAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value?.TrimEnd('/')) switch
    {
        ("GET" or "HEAD", "") => TextAsync(context, "Ollama is running"),
        ("GET" or "HEAD", "/api/version") => OllamaLists.WriteAsync(context, new { version = ApiVersion }),
        ("GET" or "HEAD", "/api/tags") => lists.TagsAsync(context),
        ("GET", "/api/ps") => lists.RunningAsync(context),
        ("GET", RouteTable.ModelsPath) => lists.ModelsAsync(context),
        ("POST", "/api/show") => lists.ShowAsync(context),
        ("POST", "/api/chat") => TranslateAsync(context, OllamaVerb.Chat),
        ("POST", "/api/generate") => TranslateAsync(context, OllamaVerb.Generate),
        ("POST", "/api/embed") => TranslateAsync(context, OllamaVerb.Embed),
        ("POST", "/api/embeddings") => TranslateAsync(context, OllamaVerb.Embedding),
        (_, "/api/pull" or "/api/push" or "/api/create" or "/api/copy" or "/api/delete") => OllamaLists.RefuseAsync(context, StatusCodes.Status501NotImplemented, "Models are added and removed in the dashboard, on the page Models."),
        var (method, path) => RouteTable.All.FirstOrDefault(route => route.Method == method && route.Path == path && path.StartsWith("/v1/", StringComparison.Ordinal)) is { } route
            ? proxy.HandleAsync(context, route)
            : OllamaLists.RefuseAsync(context, StatusCodes.Status404NotFound, $"{method} {context.Request.Path} is not a route of this API."),
    };

    private async Task TranslateAsync(HttpContext context, OllamaVerb verb)
    {
        // Before the body is read: a client without a key is not worth 64 MiB.
        if (await lists.CheckAsync(context, Scope.Inference).ConfigureAwait(false) is not { } check)
            return;
        var (read, error) = await RequestBody.ReadAsync(context.Request, options.BodyLimit, context.RequestAborted).ConfigureAwait(false);
        using var body = read;
        if (body is null)
        {
            await RefuseAsync(context, check.Key, error, ProxyAnswers.BodyMessage(error, options)).ConfigureAwait(false);
            return;
        }

        var request = OllamaRequest.Read(verb, body.Memory.Span, models.Contains);
        if (request.Failure is { } failure)
            await RefuseAsync(context, check.Key, ProxyError.BadBody, failure.Message).ConfigureAwait(false);
        else if (request.Value is { LoadsOnly: true, KeepAlive: { Ticks: 0 } } farewell)
            await LetGoAsync(context, farewell).ConfigureAwait(false);
        else
            await RunAsync(context, request.Value, body).ConfigureAwait(false);
    }

    private Task RefuseAsync(HttpContext context, ApiKey? key, ProxyError error, string message)
    {
        proxy.NoteRefused(context, new ProxyRoute("POST", context.Request.Path.Value!.TrimEnd('/'), ModelSource.Body, RouteKind.Other), key, error, message);
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
        InFlightRequest? request = null;
        var answer = new OllamaAnswer(call, () => FiguresOf(request), clock);
        var stream = new OllamaStream(context, answer);
        context.Features.Set<IHttpResponseBodyFeature>(stream);
        context.Request.QueryString = call.LoadsOnly ? QueryString.Create("model", call.Name) : default;
        if (call.LoadsOnly)
        {
            context.Request.Method = HttpMethods.Get;
            context.Request.ContentLength = null;
            context.Request.Body = Stream.Null;
        }
        else
        {
            body.Replace(call.Body);
        }

        await proxy.HandleTranslatedAsync(context, call.Route, call.LoadsOnly ? null : body, begun => request = begun).ConfigureAwait(false);
        await stream.CompleteAsync().ConfigureAwait(false);
        keepAlive.Note(request?.Target?.Model.Id, call.KeepAlive);
    }

    private OllamaFigures FiguresOf(InFlightRequest? request) => request is null
        ? default
        : new OllamaFigures(request.Reader?.Usage, clock.GetElapsedTime(request.StartTimestamp).TotalMilliseconds, request.LoadMs);

    private static Task TextAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
