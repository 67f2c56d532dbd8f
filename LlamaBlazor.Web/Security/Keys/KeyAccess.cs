using System.Net;
using LlamaBlazor.Domain.Security;

namespace LlamaBlazor.Web.Security.Keys;

/// <summary>How a check of a key ended.</summary>
internal enum KeyVerdict
{
    /// <summary>Let through; there may be no key.</summary>
    Allowed,

    /// <summary>No key, or one that is not known, expired or revoked.</summary>
    Unauthorized,

    /// <summary>The key may not do this.</summary>
    Forbidden,

    /// <summary>The key is over a limit.</summary>
    Limited,
}

/// <summary>The outcome of a check.</summary>
/// <param name="Verdict">Whether it may pass.</param>
/// <param name="Key">The key, or null for a request without one.</param>
/// <param name="Message">Why it may not pass.</param>
/// <param name="RetryAfter">Seconds to wait, where a limit is reached.</param>
internal readonly record struct KeyCheck(KeyVerdict Verdict, ApiKey? Key = null, string Message = "", int RetryAfter = 0);

/// <summary>Decides who may use the endpoint: a key, the dashboard's own pages and commands, or this machine without one as long as no key
/// was made.</summary>
internal sealed class KeyAccess(KeyRing ring, KeyStore store, DashboardPass pass)
{
    /// <summary>The answer to who shows no key where one is needed.</summary>
    public const string NoKeyWords = "An API key is needed: send it as Authorization: Bearer, or as X-Api-Key.";

    /// <summary>Tells who asks, whatever for: allowed with a key that is known, or without one where none is needed; else
    /// unauthorized.</summary>
    public async ValueTask<KeyCheck> IdentifyAsync(HttpContext context)
    {
        if (SecretOf(context.Request) is not { } secret)
            return await WithoutKeyAsync(context).ConfigureAwait(false);
        if (await ring.FindAsync(secret, context.RequestAborted).ConfigureAwait(false) is { } key)
            return new(KeyVerdict.Allowed, key);
        // Clients of OpenAI insist on sending something: without keys, this machine may send what it likes.
        var open = await WithoutKeyAsync(context).ConfigureAwait(false);
        return open.Verdict == KeyVerdict.Allowed
            ? open
            : new(KeyVerdict.Unauthorized, null, "The API key is not known, has expired or was revoked. Make one on the page API keys.");
    }

    /// <summary>Checks a request for a scope, and counts it against the limits of its key: for endpoints that no policy guards.</summary>
    public async ValueTask<KeyCheck> CheckAsync(HttpContext context, string scope, bool count)
    {
        var check = await IdentifyAsync(context).ConfigureAwait(false);
        if (check.Verdict != KeyVerdict.Allowed || check.Key is not { } key)
            return check;
        if (!key.May(scope))
            return new(KeyVerdict.Forbidden, key, ForbiddenWords(key.Name, scope));
        if (count && Count(context, key) is > 0 and var wait)
            return new(
                KeyVerdict.Limited,
                key,
                $"The key '{key.Name}' has reached its limit for this minute. Try again in {wait} seconds.",
                wait
            );
        store.NoteUse(key.Id);
        return check;
    }

    /// <summary>The answer to a key that lacks a scope.</summary>
    /// <param name="name">Name of the key.</param>
    /// <param name="scope">The scope.</param>
    public static string ForbiddenWords(string? name, string? scope) =>
        $"The key '{name}' has no scope '{scope}'. Make one that has it on the page API keys.";

    /// <summary>Counts the tokens of a finished request in the place of those that were expected of it.</summary>
    public void CountTokens(HttpContext context, long? keyId, long tokens)
    {
        if (keyId is { } id)
            ring.CountTokens(id, tokens, context.Features.Get<TokenReservation>());
        context.Features.Set<TokenReservation>(null);
    }

    // Where nothing says how long the body is or how long the answer will be, a short chat is expected.
    private int Count(HttpContext context, ApiKey key)
    {
        var wait = ring.TryCount(key, KeyRing.Expect(context.Request.ContentLength), out var reservation);
        if (wait == 0 && reservation is not null)
            context.Features.Set(reservation);
        return wait;
    }

    // A page carries its pass in a cookie, which counts for requests of that page alone: other ports of this machine are the same site to a
    // browser.
    private string? SecretOf(HttpRequest request)
    {
        var headers = request.Headers;
        if (KeySecret.FromHeaders(headers.Authorization, headers["X-Api-Key"]) is { } secret)
            return secret;
        if (request.Path.StartsWithSegments("/hubs") && request.Query["access_token"].ToString() is { Length: > 0 } token)
            return token; // the way of SignalR's clients, whose sockets carry no headers in browsers
        return
            SecurityHeaders.PassOf(request) is { } page
            && KeySecret.AreEqual(page, pass.ForPages)
            && OriginGuard.Read(request).Judge($"{request.Scheme}://{request.Host.Value}") == RequestSource.Own
            ? pass.ForCommands
            : null;
    }

    private async ValueTask<KeyCheck> WithoutKeyAsync(HttpContext context)
    {
        var state = await ring.StateAsync(context.RequestAborted).ConfigureAwait(false);
        if (state != KeyState.Open)
            return new(KeyVerdict.Unauthorized, null, state == KeyState.Locked ? $"{NoKeyWords} {KeyRing.LockedWords}" : NoKeyWords);
        return context.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address)
            ? new(KeyVerdict.Unauthorized, null, "Requests from other machines need an API key. Make one on the page API keys.")
            : new(KeyVerdict.Allowed);
    }
}
