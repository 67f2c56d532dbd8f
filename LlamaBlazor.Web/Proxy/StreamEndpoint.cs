using System.Text.Json;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Proxy.Bodies;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Streams that a client goes on with: llama-server keeps those of requests with X-Conversation-Id. None of these routes starts an
/// engine.</summary>
internal sealed class StreamEndpoint(
    KeyAccess access,
    StreamOwners owners,
    BodyStore bodies,
    RequestRun run,
    IOptionsMonitor<ProxyOptions> options
)
{
    /// <summary>Serves <c>GET</c> and <c>DELETE /v1/stream/ID</c>: passes it on to the engine that holds the stream.</summary>
    public async Task HandleStreamAsync(HttpContext context)
    {
        var route = new ProxyRoute(context.Request.Method, RouteTable.StreamPrefix, ModelSource.Query, RouteKind.Other);
        var check = await access.CheckAsync(context, Scope.Inference, count: false).ConfigureAwait(false);
        var written =
            RoutePath.Normal(ProxyEndpoint.RawPath(context)) is { } raw && raw.Length > RouteTable.StreamPrefix.Length
                ? raw[RouteTable.StreamPrefix.Length..]
                : "";
        var arrival = new Arrival(route, RouteTable.StreamPrefix + written, check.Key);
        if (!await run.PassesAsync(context, arrival, check).ConfigureAwait(false))
            return;
        var id = Uri.UnescapeDataString(written);
        var named = ModelOfQuery(context);
        var found = await owners.FindAsync([id], check.Key, named, context.RequestAborted).ConfigureAwait(false);
        if (found.FirstOrDefault(owned => owned.Stream.ConversationId == id) is { } owner)
            await run.RunAsync(context, arrival with { ModelName = named ?? owner.Engine.Model }).ConfigureAwait(false);
        else if (HttpMethods.IsDelete(route.Method))
            context.Response.StatusCode = StatusCodes.Status204NoContent; // as llama-server: what is not there is ended already
        else
            await run.RunAsync(
                    context,
                    arrival with
                    {
                        Refusal = new(
                            ProxyError.StreamNotFound,
                            $"No engine that runs holds the stream of the conversation '{RequestDescriber.Shorten(id)}'. Engines keep "
                                + "streams of requests with the header X-Conversation-Id, until some minutes after their end. Send the "
                                + "request again."
                        ),
                    }
                )
                .ConfigureAwait(false);
    }

    /// <summary>Serves <c>POST /v1/streams/lookup</c>: what all engines that run know of the conversations.</summary>
    public async Task HandleLookupAsync(HttpContext context)
    {
        var check = await access.CheckAsync(context, Scope.Inference, count: false).ConfigureAwait(false);
        if (!await RequestGate.PassesAsync(context, check).ConfigureAwait(false))
            return;
        var (read, error) = await bodies
            .ReadAsync(context.Request, options.CurrentValue.BodyLimit, context.RequestAborted)
            .ConfigureAwait(false);
        using var body = read;
        if (body is null)
        {
            await Refusals.SendAsync(context, error, ProxyAnswers.BodyMessage(error, options.CurrentValue)).ConfigureAwait(false);
            return;
        }

        var (ids, wrong) = await body.ReadAsync(IdsOf, context.RequestAborted).ConfigureAwait(false);
        if (wrong is not null)
        {
            await Refusals.SendAsync(context, ProxyError.BadBody, wrong).ConfigureAwait(false);
            return;
        }

        var found = await owners.FindAsync(ids, check.Key, ModelOfQuery(context), context.RequestAborted).ConfigureAwait(false);
        await Results.Json(found.Select(owned => owned.Stream.Entry)).ExecuteAsync(context).ConfigureAwait(false);
    }

    private static string? ModelOfQuery(HttpContext context) =>
        context.Request.Query["model"].ToString() is { Length: > 0 } named ? named : null;

    private static (IReadOnlyList<string> Ids, string? Wrong) IdsOf(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(RequestReader.WithoutBom(bytes));
            using var json = JsonDocument.ParseValue(ref reader);
            if (
                json.RootElement.ValueKind != JsonValueKind.Object
                || (json.RootElement.TryGetProperty("conversation_ids", out var list) && list.ValueKind != JsonValueKind.Array)
            )
                return ([], "The body must be an object with a list of texts: {\"conversation_ids\": [\"…\"]}.");
            return StreamSession.IdsOf(json.RootElement) is { } ids
                ? (ids, null)
                : ([], $"conversation_ids holds more than {StreamSession.MaxIds} ids. Ask in parts.");
        }
        catch (JsonException error)
        {
            return ([], $"The body is not valid JSON: {error.Message}");
        }
    }
}
