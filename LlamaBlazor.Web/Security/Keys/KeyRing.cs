using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Security.Keys;

/// <summary>The keys in force, in memory: a check costs one hash and no query.</summary>
internal sealed class KeyRing(IDbContextFactory<LlamaDbContext> contexts, DatabaseState database, TimeProvider clock)
{
    private readonly ConcurrentDictionary<long, KeyUse> _uses = new(); // one a key
    private readonly string _own = KeySecret.Create();
    private volatile Keys? _keys;

    /// <summary>The dashboard's own secret of this run, for requests of its pages to its own endpoint. Never stored, never shown.</summary>
    public string OwnSecret => _own;

    /// <summary>Whether any key was made: then every request needs one.</summary>
    public async ValueTask<bool> AnyAsync(CancellationToken cancellation) => (await KeysAsync(cancellation).ConfigureAwait(false)).Count > 1;

    /// <summary>The key of a secret, or null when it is not known or has expired.</summary>
    public async ValueTask<ApiKey?> FindAsync(string secret, CancellationToken cancellation)
    {
        var hash = KeySecret.Hash(secret);
        return (await KeysAsync(cancellation).ConfigureAwait(false)).TryGetValue(hash, out var key) && KeySecret.AreEqual(key.Hash, hash) && !key.IsExpired(Now) ? key : null;
    }

    /// <summary>Counts a request of a key.</summary>
    /// <returns>0, or seconds to wait because a limit is reached.</returns>
    public int TryCount(ApiKey key)
    {
        var use = UseOf(key.Id);
        var wait = key.TokensPerMinute is { } tokens ? use.Tokens.Wait(tokens, Now) : 0;
        if (wait > 0)
            return wait;
        return key.RequestsPerMinute is { } requests ? use.Requests.TryCount(requests, Now) : 0;
    }

    /// <summary>Counts the tokens of a finished request.</summary>
    public void CountTokens(long keyId, long tokens)
    {
        if (tokens > 0)
            UseOf(keyId).Tokens.Add(tokens, Now);
    }

    /// <summary>Whether the last use of a key should be saved again: once a minute.</summary>
    public bool ShouldSaveUse(long keyId)
    {
        var use = UseOf(keyId);
        var before = Volatile.Read(ref use.SavedAt);
        return Now - before >= 60_000 && Interlocked.CompareExchange(ref use.SavedAt, Now, before) == before;
    }

    /// <summary>Reads the keys anew.</summary>
    public async Task ReloadAsync(CancellationToken cancellation)
    {
        await database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var generation = database.Generation; // before reading
            var rows = await context.Set<ApiKeyRow>().AsNoTracking().Where(row => row.RevokedAt == null).ToListAsync(cancellation).ConfigureAwait(false);
            var own = new ApiKey { Id = 0, Name = "dashboard", Hash = KeySecret.Hash(_own), Scopes = [Scope.Admin] };
            _keys = new Keys(rows.Select(KeyOf).Append(own).ToFrozenDictionary(key => key.Hash, StringComparer.Ordinal), generation);
        }
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private KeyUse UseOf(long keyId) => _uses.GetOrAdd(keyId, static _ => new KeyUse());

    private async ValueTask<FrozenDictionary<string, ApiKey>> KeysAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (_keys is { } known && known.Generation == database.Generation)
                return known.ByHash;
            await ReloadAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static ApiKey KeyOf(ApiKeyRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Hash = row.Hash,
        Scopes = row.Scopes.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        Models = row.Models is null ? null : JsonSerializer.Deserialize<string[]>(row.Models)!.ToFrozenSet(StringComparer.OrdinalIgnoreCase),
        Project = row.Project,
        RequestsPerMinute = row.RequestsPerMinute,
        TokensPerMinute = row.TokensPerMinute,
        Priority = row.Priority,
        ExpiresAt = row.ExpiresAt,
    };

    private sealed record Keys(FrozenDictionary<string, ApiKey> ByHash, int Generation);

    private sealed class KeyUse
    {
        public long SavedAt;

        public MinuteWindow Requests { get; } = new();

        public MinuteWindow Tokens { get; } = new();
    }
}
