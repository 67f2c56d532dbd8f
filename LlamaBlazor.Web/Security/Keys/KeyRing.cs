using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Security.Keys;

/// <summary>The keys in force, in memory: a check costs one hash and no query.</summary>
internal sealed class KeyRing(IDbContextFactory<LlamaDbContext> contexts, DatabaseState database, DashboardPass pass, TimeProvider clock)
{
    /// <summary>Row of <c>metadata</c> that opens the endpoint again although all keys were revoked.</summary>
    public const string OpenKey = MetadataKeys.EndpointOpen;

    /// <summary>What to do where no key is in force any more.</summary>
    public const string LockedWords =
        "No key is in force any more, and the endpoint stays locked. "
        + "Make one on the page API keys, or let every program of this machine in again: keys open.";

    /// <summary>Tokens of a short answer, and of a body whose length is not told.</summary>
    private const int ShortAnswer = 256;

    private const int UnknownBody = 1000;
    private const int BytesPerToken = 4;

    // One a key in force; those of revoked ones go when the keys are read anew.
    private readonly ConcurrentDictionary<long, KeyUse> _uses = new();
    private volatile Keys? _keys;

    /// <summary>The dashboard's own secret, for requests of its pages to its own endpoint. Never shown.</summary>
    public string OwnSecret => pass.ForCommands;

    /// <summary>Ids of the keys whose uses are counted; a copy.</summary>
    public IReadOnlyCollection<long> Counted => [.. _uses.Keys];

    /// <summary>Whether requests need a key.</summary>
    public async ValueTask<KeyState> StateAsync(CancellationToken cancellation) =>
        (await KeysAsync(cancellation).ConfigureAwait(false)).State;

    /// <summary>Tokens that a request is expected to cost, by the bytes of its body: what is promised until it has ended.</summary>
    public static long Expect(long? bytes) => (bytes is { } known ? known / BytesPerToken : UnknownBody) + ShortAnswer;

    /// <summary>The key of a secret, or null when it is not known or has expired.</summary>
    public async ValueTask<ApiKey?> FindAsync(string secret, CancellationToken cancellation)
    {
        var hash = KeySecret.Hash(secret);
        return
            (await KeysAsync(cancellation).ConfigureAwait(false)).ByHash.TryGetValue(hash, out var key)
            && KeySecret.AreEqual(key.Hash, hash)
            && !key.IsExpired(Now)
            ? key
            : null;
    }

    /// <summary>Counts a request of a key, and promises it the tokens that it may cost.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">Tokens that are expected of it.</param>
    /// <param name="reservation">What was promised, where the key has a limit of tokens; <see cref="CountTokens"/> takes it back.</param>
    /// <returns>0, or seconds to wait because a limit is reached.</returns>
    public int TryCount(ApiKey key, long expected, out TokenReservation? reservation)
    {
        reservation = null;
        var use = UseOf(key.Id);
        var (wait, second) = (0, 0L);
        if (key.TokensPerMinute is { } tokens)
            wait = use.Tokens.TryReserve(tokens, expected, Ticks, out second);
        if (wait > 0)
            return wait;
        reservation = key.TokensPerMinute is null ? null : new TokenReservation(use.Tokens, second, expected);
        wait = key.RequestsPerMinute is { } requests ? use.Requests.TryCount(requests, Ticks) : 0;
        if (wait > 0)
            CountTokens(key.Id, 0, reservation);
        return wait;
    }

    /// <summary>Counts the tokens of a finished request; those that were promised are free again.</summary>
    public void CountTokens(long keyId, long tokens, TokenReservation? reservation)
    {
        if (reservation is not null)
            reservation.Window.Settle(reservation.Second, reservation.Tokens, Math.Max(0, tokens), Ticks);
        else if (tokens > 0 && _uses.TryGetValue(keyId, out var use))
            use.Tokens.Add(tokens, Ticks);
    }

    /// <summary>Whether the last use of a key should be saved again: once a minute.</summary>
    public bool ShouldSaveUse(long keyId)
    {
        var use = UseOf(keyId);
        var (before, now) = (Volatile.Read(ref use.SavedAt), Ticks);
        return (before == 0 || now - before >= 60_000) && Interlocked.CompareExchange(ref use.SavedAt, now, before) == before;
    }

    /// <summary>Reads the keys anew.</summary>
    public async Task ReloadAsync(CancellationToken cancellation)
    {
        await database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        var keys = await contexts
            .ReadAsync(
                async context =>
                {
                    var generation = database.Generation; // before reading
                    var rows = await context
                        .Set<ApiKeyRow>()
                        .Where(row => row.RevokedAt == null)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    var own = new ApiKey
                    {
                        Id = 0,
                        Name = "dashboard",
                        Hash = KeySecret.Hash(OwnSecret),
                        Scopes = [Scope.Admin],
                    };
                    // Who made a key wanted the endpoint closed: the end of the last one does not open it.
                    var state =
                        rows.Count > 0 ? KeyState.Needed
                        : await context.Set<ApiKeyRow>().AnyAsync(cancellation).ConfigureAwait(false)
                        && !await context.Set<MetadataRow>().AnyAsync(row => row.Key == OpenKey, cancellation).ConfigureAwait(false)
                            ? KeyState.Locked
                        : KeyState.Open;
                    return new Keys(
                        rows.Select(KeyOf).Append(own).ToFrozenDictionary(key => key.Hash, StringComparer.Ordinal),
                        state,
                        generation
                    );
                },
                cancellation
            )
            .ConfigureAwait(false);
        _keys = keys;
        var known = keys.ByHash.Values.Select(key => key.Id).ToHashSet();
        foreach (var gone in _uses.Keys.Where(id => !known.Contains(id)))
            _uses.TryRemove(gone, out _); // requests under way settle what they were promised in the window they got it from
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    // Milliseconds of a clock that nobody sets.
    private long Ticks => (long)clock.GetElapsedTime(0).TotalMilliseconds;

    private KeyUse UseOf(long keyId) => _uses.GetOrAdd(keyId, static _ => new KeyUse());

    private async ValueTask<Keys> KeysAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (_keys is { } known && known.Generation == database.Generation)
                return known;
            await ReloadAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static ApiKey KeyOf(ApiKeyRow row) =>
        new()
        {
            Id = row.Id,
            Name = row.Name,
            Hash = row.Hash,
            Scopes = row.Scopes.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Models = row.Models is null
                ? null
                : JsonSerializer.Deserialize<string[]>(row.Models)!.ToFrozenSet(StringComparer.OrdinalIgnoreCase),
            Project = row.Project,
            RequestsPerMinute = row.RequestsPerMinute,
            TokensPerMinute = row.TokensPerMinute,
            Priority = row.Priority,
            ExpiresAt = row.ExpiresAt,
        };

    private sealed record Keys(FrozenDictionary<string, ApiKey> ByHash, KeyState State, int Generation);

    private sealed class KeyUse
    {
        public long SavedAt;

        public MinuteWindow Requests { get; } = new();

        public MinuteWindow Tokens { get; } = new();
    }
}

/// <summary>Whether requests need a key.</summary>
internal enum KeyState
{
    /// <summary>No key was ever made, or the endpoint was opened again: every program of this machine may ask.</summary>
    Open,

    /// <summary>There are keys.</summary>
    Needed,

    /// <summary>There were keys, and none is in force.</summary>
    Locked,
}

/// <summary>Tokens that a request was promised.</summary>
/// <param name="Window">Where they were written down: that of the key, or what was that of a key which is revoked by now.</param>
/// <param name="Second">In which second of it.</param>
/// <param name="Tokens">How many.</param>
internal sealed record TokenReservation(MinuteWindow Window, long Second, long Tokens);
