using System.Data.Common;
using System.Globalization;
using System.Text;
using LlamaBlazor.Domain.Cache;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Cache;
using LlamaBlazor.Web.Settings;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Proxy.Caching;

/// <summary>What the cache has to do with one request.</summary>
/// <param name="Decision">What it may do.</param>
/// <param name="Key">Under what the answer is kept; null where nothing is looked up or kept.</param>
/// <param name="Identity">What the model was when the request came.</param>
internal sealed record CacheTicket(CacheDecision Decision, CacheKey? Key, string? Identity)
{
    /// <summary>How often answers had been removed when the request came: one from before is not kept behind that.</summary>
    public long Removals { get; init; }

    /// <summary>Its answer, where that may be kept.</summary>
    public PendingAnswer? Pending { get; set; }
}

/// <summary>Serves answers that were given before, and keeps new ones. Nothing that goes wrong here fails a request (acceptance
/// Y5).</summary>
internal sealed partial class ResponseCache(
    CacheStore store,
    PendingAnswers pending,
    CacheSwitchAccess @switch,
    ModelIdentity identities,
    RequestKeepingAccess keeping,
    TimeProvider clock,
    ILogger<ResponseCache> logger
)
{
    /// <summary>Header that tells what the cache did; in a request its own switch, on or off.</summary>
    public const string Header = "X-Llama-Cache";

    /// <summary>Answers that wait to be kept; more are not.</summary>
    private const int StoringBound = 64;

    private int _storing;

    /// <summary>Answers from the cache, or says what is to be done with the answer to come.</summary>
    /// <returns>Null when the request is answered or the cache is off for it.</returns>
    public async ValueTask<(bool Served, CacheTicket? Ticket)> TryServeAsync(
        HttpContext context,
        InFlightRequest request,
        RequestBody whole
    )
    {
        var model = request.Target!.Model;
        var wish = WishOf(context.Request);
        if (!CachePolicy.IsOn(@switch.IsOn, model.CacheMode, wish))
            return (false, null);
        if (whole.Length > CachePolicy.BodyLimit)
        {
            context.Response.Headers[Header] = CacheDecision.Bypass.Header;
            return (false, new CacheTicket(CacheDecision.Bypass, null, null));
        }

        ReadOnlyMemory<byte> body = await whole.CopyAsync(context.RequestAborted).ConfigureAwait(false);
        var decision = CachePolicy.Decide(
            @switch.IsOn,
            model.CacheMode,
            request.Route,
            request.Facts,
            body.Span,
            context.Request.Headers.CacheControl,
            wish
        );
        var identity =
            decision.Store || decision.Lookup ? await IdentityAsync(model.Id, context.RequestAborted).ConfigureAwait(false) : null;
        var key = identity is null ? null : CacheKey.Of(request.Path, identity, body);
        if (key is null || !MayKeep(request, key, body.Span))
            decision = CacheDecision.Bypass;
        var removals = store.Removals;
        if (
            decision.Lookup
            && await FindAsync(key!, decision, context.RequestAborted).ConfigureAwait(false) is { } row
            && await ServeAsync(context, request, row, key!.Prompt).ConfigureAwait(false)
        )
            return (true, null);
        context.Response.Headers[Header] = decision.Header;
        return (false, new CacheTicket(decision, key, identity) { Removals = removals });
    }

    /// <summary>Something that takes the answer's bytes on the way, or null where nothing is to be kept.</summary>
    public ResponseCapture? CaptureFor(CacheTicket? ticket, InFlightRequest request)
    {
        if (ticket is not { Decision.Store: true, Key: { } key })
            return null;
        var capture = new ResponseCapture(CachePolicy.BodyLimit);
        ticket.Pending = pending.Begin(key.Key, new PendingAnswer(request, capture, ticket.Removals));
        return capture;
    }

    /// <summary>Keeps an answer, after the request and without it waiting. To be called for every ticket.</summary>
    public void Keep(CacheTicket? ticket, InFlightRequest request, int status, ResponseCapture? capture)
    {
        if (!TryKeep(ticket, request, status, capture) && ticket?.Pending is { } left)
            pending.End(ticket.Key!.Key, left);
    }

    private bool TryKeep(CacheTicket? ticket, InFlightRequest request, int status, ResponseCapture? capture)
    {
        if (
            capture is not { IsWhole: true }
            || ticket!.Key is null
            || request.Error is not null
            || request.Reader is not { } reader
            || !CachePolicy.MayStore(status, reader.Usage, capture.Bytes.Length)
        )
            return false;
        if (Interlocked.Increment(ref _storing) > StoringBound)
        {
            Interlocked.Decrement(ref _storing);
            return false;
        }

        var (kind, streamed, model) = (request.Route.Kind, request.Facts.Stream, request.Target!.Model);
        _ = Task.Run(() => KeepAsync(ticket, kind, streamed, model, capture.Bytes, reader.Usage));
        return true;
    }

    // Answers of llama-server's own completions tell the prompt; it is taken out of them where it may not be kept.
    private bool MayKeep(InFlightRequest request, CacheKey key, ReadOnlySpan<byte> body)
    {
        var keeps = keeping.Current;
        var canMask = request.Path == "/completion" && !keeps.KeepsNothing && key.Prompt.Length > 0;
        return keeps.KeepsAll || canMask || !CachePolicy.RepeatsPrompt(request.Route.Kind, body);
    }

    private static string? WishOf(HttpRequest request) =>
        request.Headers[Header] is { Count: 1 } wish ? wish[0]?.Trim().ToLowerInvariant() : null;

    private async ValueTask<string?> IdentityAsync(long modelId, CancellationToken cancellation)
    {
        try
        {
            return await identities.OfAsync(modelId, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DbException or DbUpdateException)
        {
            LogUnreadable(error);
            return null;
        }
    }

    private async ValueTask<CacheRow?> FindAsync(CacheKey key, CacheDecision decision, CancellationToken cancellation)
    {
        try
        {
            var row =
                await pending.FindAsync(key.Key, store.Removals, cancellation).ConfigureAwait(false)
                ?? await store.FindAsync(key.Key, cancellation).ConfigureAwait(false);
            return row is null || AgeOf(row) > decision.MaxAge ? null : row;
        }
        catch (Exception error) when (error is DbException or DbUpdateException)
        {
            LogUnreadable(error);
            return null;
        }
    }

    private TimeSpan AgeOf(CacheRow row) => clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt);

    private async ValueTask<bool> ServeAsync(HttpContext context, InFlightRequest request, CacheRow row, string prompt)
    {
        var json = Encoding.UTF8.GetBytes(row.ResponseJson ?? "");
        if (request.Route.Kind == RouteKind.Native)
            json = PromptMask.Show(json, prompt);
        var answer = request.Facts.Stream ? StreamReplay.ToStream(request.Route.Kind, json, request.Facts.IncludeUsage) : json;
        if (answer is null or { Length: 0 })
            return false;
        request.CacheHit = true;
        request.Reader = new UsageReader(streamed: false);
        request.Reader.Feed(json);
        request.Reader.Complete();
        if (row.Id > 0) // one that is about to be written is counted from its next hit on
            store.CountHit(row.Id);
        var response = context.Response;
        response.ContentType = request.Facts.Stream ? "text/event-stream" : "application/json; charset=utf-8";
        response.Headers[Header] = "HIT";
        response.Headers.Age = Math.Max(0, (long)AgeOf(row).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        response.Headers[EngineTransformer.RequestIdHeader] = request.RequestId;
        response.ContentLength = answer.Length;
        await response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
        return true;
    }

    private async Task KeepAsync(
        CacheTicket ticket,
        RouteKind kind,
        bool streamed,
        ProxyModel model,
        ReadOnlyMemory<byte> answer,
        GenerationUsage usage
    )
    {
        try
        {
            // Settings may have been saved, and the engine started anew, while the request waited: then nobody knows whose answer it is.
            if (await identities.OfAsync(model.Id, CancellationToken.None).ConfigureAwait(false) != ticket.Identity)
                return;
            var privacy = keeping.Current;
            var key = ticket.Key!;
            var json = streamed ? StreamAssembler.Assemble(kind, answer.Span) : answer.ToArray();
            if (kind == RouteKind.Native && json is not null && !privacy.KeepsAll)
                json = PromptMask.Hide(json, key.Prompt);
            // a talkative engine repeats the prompt there
            if (json is null || (!privacy.KeepsAll && json.AsSpan().IndexOf("\"__verbose\""u8) >= 0))
                return;
            var row = new CacheRow
            {
                CacheKey = key.Key,
                Prompt = privacy.KeepsAll ? key.Prompt : privacy.Keep(key.Prompt) ?? "",
                PromptHash = key.PromptHash,
                ModelPath = model.Name,
                ConfigJson = privacy.KeepsNothing ? "" : key.ConfigJson,
                ResponseText = AnswerText.Of(json),
                ResponseJson = Encoding.UTF8.GetString(json),
                FinishReason = usage.FinishReason,
                TokensGenerated = usage.GeneratedTokens,
                TokensPerSecond = usage.TokensPerSecond,
                GenerationTimeMs = usage.GenerationMs,
                CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            };
            ticket.Pending!.Settle(
                new CacheRow
                {
                    CacheKey = key.Key,
                    ResponseJson = row.ResponseJson,
                    CreatedAt = row.CreatedAt,
                }
            );
            await store.AddAsync(row, ticket.Removals, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogNotKept(error);
        }
        finally
        {
            pending.End(ticket.Key!.Key, ticket.Pending!);
            Interlocked.Decrement(ref _storing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The response cache could not be read; the request goes to its engine")]
    private partial void LogUnreadable(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An answer could not be kept in the response cache")]
    private partial void LogNotKept(Exception error);
}
