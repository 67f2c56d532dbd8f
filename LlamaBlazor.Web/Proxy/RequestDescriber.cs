using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Proxy.Recording;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Finds out what a request asks for, and of which model.</summary>
internal sealed class RequestDescriber(ModelDirectory models, RequestScheduler scheduler, RequestRecorder recorder)
{
    /// <summary>Describes a request. False where it was refused, which it has been told.</summary>
    /// <param name="context">The request.</param>
    /// <param name="request">The same, as it is known here.</param>
    /// <param name="body">Its body where it was read.</param>
    /// <param name="modelName">The model where its path names it, else null.</param>
    public async ValueTask<bool> TryDescribeAsync(HttpContext context, InFlightRequest request, RequestBody? body, string? modelName)
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
                return await RequestGate.RefuseAsync(context, request, ProxyError.BadBody, wrong).ConfigureAwait(false);
        }

        request.Facts = facts;
        // Clients of a single llama-server name no model: with one engine running there is no doubt which is meant.
        var name =
            modelName
            ?? await NameOfAsync(context, request.Route, facts, body).ConfigureAwait(false)
            ?? (facts.IsModelNoText ? null : scheduler.OnlyRunning);
        if (string.IsNullOrEmpty(name))
            return await RequestGate
                .RefuseAsync(
                    context,
                    request,
                    ProxyError.ModelRequired,
                    facts.IsModelNoText
                        ? "The field \"model\" must be a text, the name of a model; GET /v1/models lists them."
                        : "The request names no model. Send one in the field \"model\" (or as ?model=); GET /v1/models lists them."
                )
                .ConfigureAwait(false);
        request.ModelName = Shorten(name);
        request.Target = await models.FindAsync(name, context.RequestAborted).ConfigureAwait(false);
        if (request.Target is not { } target)
            return await RequestGate
                .RefuseAsync(context, request, ProxyError.ModelNotFound, UnknownModel(request.ModelName, request.Key))
                .ConfigureAwait(false);
        if (target.ParametersJson is { } parameters && isJson && !facts.IsArray)
        {
            await body!
                .RewriteAsync((bytes, write) => AliasParameters.Apply(bytes, parameters, write), context.RequestAborted)
                .ConfigureAwait(false);
            (_, request.Facts) = await body.ReadAsync(bytes => FactsOf(bytes, false), context.RequestAborted).ConfigureAwait(false);
        }

        return target.IsOpenTo(request.Key)
            || await RequestGate
                .RefuseAsync(context, request, ProxyError.Forbidden, $"The key '{request.Key!.Name}' may not ask '{target.Name}'.")
                .ConfigureAwait(false);
    }

    /// <summary>What is said of a name that no model has. A key is told no names that its list of models hides.</summary>
    public string UnknownModel(string name, ApiKey? key)
    {
        var close = NameSuggestions.Closest(name, models.All.Where(target => target.IsOpenTo(key)).Select(target => target.Name));
        return close.Count > 0
            ? $"The model '{name}' does not exist. Did you mean {string.Join(", ", close.Select(candidate => $"'{candidate}'"))}? GET "
                + "/v1/models lists all."
            : $"The model '{name}' does not exist. GET /v1/models lists all.";
    }

    /// <summary>As much of a name of a client as is kept: 200 characters.</summary>
    public static string Shorten(string name) => name.Length > 200 ? name[..200] : name;

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
}
