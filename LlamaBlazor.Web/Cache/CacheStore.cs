using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Text;
using LlamaBlazor.Domain.Cache;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Cache;

/// <summary>What the cache holds, in figures.</summary>
/// <param name="Enabled">The global switch.</param>
/// <param name="Entries">Answers.</param>
/// <param name="SizeBytes">Their texts together, as they are stored.</param>
/// <param name="MaxBytes">The cap.</param>
/// <param name="Hits">Times an answer was served.</param>
/// <param name="TtlSeconds">Life of an answer; 0 is for ever.</param>
internal sealed record CacheFigures(bool Enabled, int Entries, long SizeBytes, long MaxBytes, long Hits, long TtlSeconds);

/// <summary>One answer in a list, without its text.</summary>
internal sealed record CacheItem(
    long Id,
    string CacheKey,
    string Model,
    string Prompt,
    string PromptHash,
    string? FinishReason,
    long? TokensGenerated,
    long SizeBytes,
    long CreatedAt,
    long? ExpiresAt,
    long HitCount,
    long? LastHitAt
);

/// <summary>The table <c>cache</c>.</summary>
internal sealed class CacheStore(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    RequestKeepingAccess keeping,
    CacheSwitchAccess @switch,
    TimeProvider clock
)
{
    /// <summary>Answers whose hits wait to be saved; the counts of more are lost.</summary>
    private const int PendingBound = 10_000;

    private const int EvictBatch = 200;
    private readonly ConcurrentDictionary<long, int> _hits = new();
    private long _bytes = -1;
    private long _removals;

    /// <summary>How often answers were removed by somebody.</summary>
    public long Removals => Interlocked.Read(ref _removals);

    /// <summary>Forgets what is known of the rows: the database is another one.</summary>
    public void Forget()
    {
        _hits.Clear();
        Interlocked.Exchange(ref _bytes, -1);
    }

    /// <summary>An answer in force, or null. Does not count as a hit.</summary>
    public async Task<CacheRow?> FindAsync(string key, CancellationToken cancellation)
    {
        var now = Now;
        return await contexts
            .ReadAsync(
                context =>
                    context
                        .Set<CacheRow>()
                        .Where(row => row.CacheKey == key && (row.ExpiresAt == null || row.ExpiresAt > now))
                        .FirstOrDefaultAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Counts a hit; saved soon by <see cref="SaveHitsAsync"/>.</summary>
    public void CountHit(long id)
    {
        if (_hits.Count < PendingBound || _hits.ContainsKey(id))
            _hits.AddOrUpdate(id, 1, static (_, count) => count + 1);
    }

    /// <summary>Saves the counted hits.</summary>
    public async Task SaveHitsAsync(CancellationToken cancellation)
    {
        var pending = _hits
            .Keys.Select(id => (Id: id, Count: _hits.TryRemove(id, out var count) ? count : 0))
            .Where(hit => hit.Count > 0)
            .ToList();
        if (pending.Count == 0)
            return;
        var now = Now;
        await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    foreach (var (id, count) in pending)
                        await context
                            .Set<CacheRow>()
                            .Where(row => row.Id == id)
                            .ExecuteUpdateAsync(
                                set =>
                                    set.SetProperty(row => row.HitCount, row => row.HitCount + count)
                                        .SetProperty(row => row.LastHitAt, now),
                                token
                            )
                            .ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Keeps an answer that was asked for just now.</summary>
    public Task AddAsync(CacheRow row, CancellationToken cancellation) => AddAsync(row, Removals, cancellation);

    /// <summary>Keeps an answer, in place of an older one of the same key, and makes room where that is needed.</summary>
    /// <param name="row">The answer.</param>
    /// <param name="removals">What <see cref="Removals"/> was when it was asked for: one from before the last is not kept.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task AddAsync(CacheRow row, long removals, CancellationToken cancellation)
    {
        row.CreatedAt = Now;
        row.ExpiresAt = keeping.Current.CacheTtlSeconds is > 0 and var seconds ? row.CreatedAt + (seconds * 1000) : null;
        var replaced = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    if (Removals != removals)
                        return -1;
                    var old = context.Set<CacheRow>().Where(old => old.CacheKey == row.CacheKey);
                    var size = await old.Select(SizeOf).SumAsync(token).ConfigureAwait(false);
                    await old.ExecuteDeleteAsync(token).ConfigureAwait(false);
                    context.Set<CacheRow>().Add(row);
                    return size;
                },
                cancellation
            )
            .ConfigureAwait(false);
        if (replaced < 0)
            return;
        var added = new[] { row.Prompt, row.ConfigJson, row.ResponseText, row.ResponseJson ?? "" }.Sum(text =>
            (long)Encoding.UTF8.GetByteCount(text)
        );
        if (Interlocked.Read(ref _bytes) < 0 || Interlocked.Add(ref _bytes, added - replaced) > keeping.Current.CacheMaxBytes)
            await CleanUpAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes answers; without any condition all of them.</summary>
    /// <param name="prompt">A prompt or its hash.</param>
    /// <param name="model">Name of a model.</param>
    /// <param name="olderThan">Unix milliseconds.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>How many.</returns>
    public async Task<int> InvalidateAsync(string? prompt, string? model, long? olderThan, CancellationToken cancellation)
    {
        var hash = prompt is null ? null : CacheKey.PromptHashOf(prompt);
        var removed = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    Interlocked.Increment(ref _removals);
                    IQueryable<CacheRow> rows = context.Set<CacheRow>();
                    if (hash is not null)
                        rows = rows.Where(row => row.PromptHash == hash);
                    if (model is not null)
                        rows = rows.Where(row => row.ModelPath == model);
                    if (olderThan is { } limit)
                        rows = rows.Where(row => row.CreatedAt < limit);
                    var count = await rows.ExecuteDeleteAsync(token).ConfigureAwait(false);
                    context.Note(
                        "cache.clear",
                        "cache",
                        model,
                        new
                        {
                            removed = count,
                            of_a_prompt = hash is not null,
                            older_than = olderThan,
                        }
                    );
                    return count;
                },
                cancellation
            )
            .ConfigureAwait(false);
        Interlocked.Exchange(ref _bytes, -1);
        return removed;
    }

    /// <summary>Removes one answer.</summary>
    public async Task<bool> RemoveAsync(long id, CancellationToken cancellation)
    {
        var removed = await writer
            .ExecuteAsync(
                async (context, token) =>
                {
                    Interlocked.Increment(ref _removals);
                    var count = await context.Set<CacheRow>().Where(row => row.Id == id).ExecuteDeleteAsync(token).ConfigureAwait(false);
                    if (count > 0)
                        context.Note("cache.delete", "cache", id);
                    return count;
                },
                cancellation
            )
            .ConfigureAwait(false);
        Interlocked.Exchange(ref _bytes, -1);
        return removed > 0;
    }

    /// <summary>
    /// Removes what has expired, then, where the rest is over the cap, the least recently used until a tenth of it is free (acceptance
    /// C3.7): else every
    /// further answer would have to look for another one.
    /// </summary>
    /// <returns>How many.</returns>
    public async Task<int> CleanUpAsync(CancellationToken cancellation)
    {
        await SaveHitsAsync(cancellation).ConfigureAwait(false);
        var now = Now;
        var removed = await writer
            .ExecuteAsync(
                (context, token) =>
                    context.Set<CacheRow>().Where(row => row.ExpiresAt != null && row.ExpiresAt <= now).ExecuteDeleteAsync(token),
                cancellation
            )
            .ConfigureAwait(false);
        if (removed > 0)
            Interlocked.Exchange(ref _bytes, -1);
        else if (Interlocked.Read(ref _bytes) is >= 0 and var known && known <= keeping.Current.CacheMaxBytes)
            return 0;
        var (size, evicted) = await writer.ExecuteAsync(EvictAsync, cancellation).ConfigureAwait(false);
        Interlocked.Exchange(ref _bytes, size);
        return removed + evicted;
    }

    /// <summary>Size and hits.</summary>
    public Task<CacheFigures> FiguresAsync(CancellationToken cancellation) =>
        contexts.ReadAsync(
            async context =>
            {
                var entries = await context.Set<CacheRow>().CountAsync(cancellation).ConfigureAwait(false);
                var hits =
                    await context.Set<CacheRow>().SumAsync(row => row.HitCount, cancellation).ConfigureAwait(false) + _hits.Values.Sum();
                return new CacheFigures(
                    @switch.IsOn,
                    entries,
                    Interlocked.Read(ref _bytes) is >= 0 and var known
                        ? known
                        : await SizeAsync(context, cancellation).ConfigureAwait(false),
                    keeping.Current.CacheMaxBytes,
                    hits,
                    keeping.Current.CacheTtlSeconds
                );
            },
            cancellation
        );

    /// <summary>Answers, newest first.</summary>
    public Task<ListPage<CacheItem>> ListAsync(string? model, long? after, int limit, CancellationToken cancellation) =>
        contexts.ReadAsync(
            async context =>
            {
                IQueryable<CacheRow> rows = context.Set<CacheRow>();
                if (model is not null)
                    rows = rows.Where(row => row.ModelPath == model);
                if (after is { } last)
                    rows = rows.Where(row => row.Id < last);
                var items = await rows.OrderByDescending(row => row.Id)
                    .Take(limit + 1)
                    .Select(row => new CacheItem(
                        row.Id,
                        row.CacheKey,
                        row.ModelPath,
                        row.Prompt,
                        row.PromptHash,
                        row.FinishReason,
                        row.TokensGenerated,
                        SqliteText.ByteCount(row.Prompt)
                            + SqliteText.ByteCount(row.ConfigJson)
                            + SqliteText.ByteCount(row.ResponseText)
                            + SqliteText.ByteCount(row.ResponseJson ?? ""),
                        row.CreatedAt,
                        row.ExpiresAt,
                        row.HitCount,
                        row.LastHitAt
                    ))
                    .ToListAsync(cancellation)
                    .ConfigureAwait(false);
                var more = items.Count > limit;
                return new ListPage<CacheItem>(more ? items[..limit] : items, more ? items[limit - 1].Id.ToString() : null);
            },
            cancellation
        );

    /// <summary>One answer with its texts, or null.</summary>
    public async Task<CacheRow?> GetAsync(long id, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(context => context.Set<CacheRow>().FirstOrDefaultAsync(row => row.Id == id, cancellation), cancellation)
            .ConfigureAwait(false);
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    // What one answer takes of the cap: its texts, as they are stored.
    private static readonly Expression<Func<CacheRow, long>> SizeOf = row =>
        SqliteText.ByteCount(row.Prompt)
        + SqliteText.ByteCount(row.ConfigJson)
        + SqliteText.ByteCount(row.ResponseText)
        + SqliteText.ByteCount(row.ResponseJson ?? "");

    private async Task<(long Size, int Removed)> EvictAsync(LlamaDbContext context, CancellationToken cancellation)
    {
        var size = await SizeAsync(context, cancellation).ConfigureAwait(false);
        var most = keeping.Current.CacheMaxBytes;
        if (size <= most)
            return (size, 0);
        var (goal, removed) = (most / 10 * 9, 0);
        while (size > goal)
        {
            var oldest = context.Set<CacheRow>().OrderBy(row => row.LastHitAt ?? row.CreatedAt).ThenBy(row => row.Id).Take(EvictBatch);
            var ids = await oldest.Select(row => row.Id).ToListAsync(cancellation).ConfigureAwait(false);
            var sizes = await oldest.Select(SizeOf).ToListAsync(cancellation).ConfigureAwait(false);
            var gone = new List<long>();
            foreach (var (id, bytes) in ids.Zip(sizes).TakeWhile(_ => size > goal))
            {
                gone.Add(id);
                size -= bytes;
            }

            if (gone.Count == 0)
                break; // nothing is left: the sum was wrong
            removed += await context
                .Set<CacheRow>()
                .Where(row => gone.Contains(row.Id))
                .ExecuteDeleteAsync(cancellation)
                .ConfigureAwait(false);
        }

        return (size, removed);
    }

    private static Task<long> SizeAsync(LlamaDbContext context, CancellationToken cancellation) =>
        context.Set<CacheRow>().Select(SizeOf).SumAsync(cancellation);
}
