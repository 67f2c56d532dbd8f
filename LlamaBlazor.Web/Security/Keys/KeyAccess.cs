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
    private const string NoKey = "An API key is needed: send it as Authorization: Bearer, or as X-Api-Key.";

    /// <summary>Checks a request for a scope, and counts it against the limits of its key.</summary>
    public async ValueTask<KeyCheck> CheckAsync(HttpContext context, string scope, bool count)
    {
        if (SecretOf(context.Request) is not { } secret)
            return await WithoutKeyAsync(context).ConfigureAwait(false);
        if (await ring.FindAsync(secret, context.RequestAborted).ConfigureAwait(false) is not { } key)
        {
            // Clients of OpenAI insist on sending something: without keys, this machine may send what it likes.
            var open = await WithoutKeyAsync(context).ConfigureAwait(false);
            return open.Verdict == KeyVerdict.Allowed
                ? open
                : new(
                    KeyVerdict.Unauthorized,
                    null,
                    "The API key is not known, has expired or was revoked. Make one on the page API keys."
                );
        }

        if (!key.May(scope))
            return new(
                KeyVerdict.Forbidden,
                key,
                $"The key '{key.Name}' has no scope '{scope}'. Make one that has it on the page API keys."
            );
        if (count && Count(context, key) is > 0 and var wait)
            return new(
                KeyVerdict.Limited,
                key,
                $"The key '{key.Name}' has reached its limit for this minute. Try again in {wait} seconds.",
                wait
            );
        store.NoteUse(key.Id);
        return new(KeyVerdict.Allowed, key);
    }

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
            return new(KeyVerdict.Unauthorized, null, state == KeyState.Locked ? $"{NoKey} {KeyRing.LockedWords}" : NoKey);
        return context.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address)
            ? new(KeyVerdict.Unauthorized, null, "Requests from other machines need an API key. Make one on the page API keys.")
            : new(KeyVerdict.Allowed);
    }
}
