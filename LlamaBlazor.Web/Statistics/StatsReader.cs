using System.Collections.Concurrent;
using LlamaBlazor.Domain.Statistics;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Statistics;

/// <summary>Reads what was recorded. Heavy reads run off the caller's thread: SQLite's asynchronous calls are none.</summary>
internal sealed class StatsReader(IDbContextFactory<LlamaDbContext> contexts, DatabaseState database, TimeProvider clock) : IDisposable
{
    /// <summary>Requests that a summary is made of at most: the newest. Percentiles need each value.</summary>
    public const int SummaryBound = 200_000;

    /// <summary>Records from which on a summary is kept for a while instead of being made for each who asks.</summary>
    private const int LargeFrom = 20_000;

    private const int KeptBound = 16;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<StatsFilter, (StatsSummary Summary, long At, int Generation)> _kept = new(); // at most KeptBound
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Totals and percentiles. Those of many requests take a second of the processor: one at a time, and not again within half a
    /// minute.</summary>
    public async Task<StatsSummary> SummaryAsync(StatsFilter filter, CancellationToken cancellation)
    {
        if (Kept(filter) is { } known)
            return known;
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (Kept(filter) is { } made)
                return made;
            var generation = database.Generation;
            var (summary, records) = await MakeSummaryAsync(filter, cancellation).ConfigureAwait(false);
            if (_kept.Count >= KeptBound)
                _kept.Clear();
            if (records >= LargeFrom)
                _kept[filter] = (summary, clock.GetTimestamp(), generation);
            return summary;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Forgets what was kept: requests were removed.</summary>
    public void Forget() => _kept.Clear();

    private StatsSummary? Kept(StatsFilter filter) =>
        _kept.TryGetValue(filter, out var kept) && kept.Generation == database.Generation && clock.GetElapsedTime(kept.At) < KeptFor
            ? kept.Summary
            : null;

    private Task<(StatsSummary Summary, int Records)> MakeSummaryAsync(StatsFilter filter, CancellationToken cancellation) =>
        contexts.ReadAsync(
            async context =>
            {
                var records = await filter
                    .Apply(context.Set<StatsRow>())
                    .OrderByDescending(row => row.Id)
                    .Take(SummaryBound)
                    .Select(row => new GenerationRecord(
                        row.ModelName,
                        row.CreatedAt,
                        row.HttpStatus,
                        row.Error != null,
                        row.CacheHit,
                        row.PromptTokens ?? 0,
                        row.GeneratedTokens ?? 0,
                        row.CachedTokens ?? 0,
                        row.QueueTimeMs,
                        row.LoadTimeMs,
                        row.TtftMs,
                        row.TotalTimeMs,
                        row.TokensPerSecond,
                        row.ApiKeyId
                    ))
                    .ToListAsync(cancellation)
                    .ConfigureAwait(false);
                // Revoked keys too: what they used stays. Two of the same name are told apart by their number.
                var keys = await context
                    .Set<ApiKeyRow>()
                    .Select(row => new { row.Id, row.Name })
                    .ToListAsync(cancellation)
                    .ConfigureAwait(false);
                var names = keys.GroupBy(row => row.Name)
                    .SelectMany(same => same.Select(row => (row.Id, Name: same.Count() == 1 ? row.Name : $"{row.Name} ({row.Id})")))
                    .ToDictionary(row => row.Id, row => row.Name);
                return (StatsSummary.Of(records, records.Count == SummaryBound, names), records.Count);
            },
            cancellation
        );

    /// <summary>Requests, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">Id of the last one seen, or null.</param>
    /// <param name="limit">How many.</param>
    /// <param name="offset">How many to skip; for old clients, the cursor is quicker.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ListPage<StatsRow>> HistoryAsync(StatsFilter filter, long? after, int limit, int offset, CancellationToken cancellation) =>
        contexts.ReadAsync(
            async context =>
            {
                var rows = filter.Apply(context.Set<StatsRow>());
                if (after is { } last)
                    rows = rows.Where(row => row.Id < last);
                var page = await rows.OrderByDescending(row => row.Id)
                    .Skip(offset)
                    .Take(limit + 1)
                    .ToListAsync(cancellation)
                    .ConfigureAwait(false);
                var more = page.Count > limit;
                return new ListPage<StatsRow>(more ? page[..limit] : page, more ? page[limit - 1].Id.ToString() : null);
            },
            cancellation
        );

    /// <summary>One request by its row or its request id, or null.</summary>
    public async Task<StatsRow?> FindAsync(string id, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    return long.TryParse(id, out var number)
                        ? await context.Set<StatsRow>().FirstOrDefaultAsync(row => row.Id == number, cancellation).ConfigureAwait(false)
                        : await context.Set<StatsRow>().FirstOrDefaultAsync(row => row.RequestId == id, cancellation).ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Names of the models that have records.</summary>
    public Task<List<string>> ModelsAsync(CancellationToken cancellation) =>
        contexts.ReadAsync(
            async context =>
            {
                return await context
                    .Set<StatsRow>()
                    .Select(row => row.ModelName)
                    .Distinct()
                    .OrderBy(name => name)
                    .Take(1000)
                    .ToListAsync(cancellation)
                    .ConfigureAwait(false);
            },
            cancellation
        );

    /// <summary>Names of all keys by id; revoked ones too, since what they used stays.</summary>
    public async Task<Dictionary<long, string>> KeysAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                context =>
                    context
                        .Set<ApiKeyRow>()
                        .OrderBy(row => row.Name)
                        .Take(1000)
                        .ToDictionaryAsync(row => row.Id, row => row.Name, cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Days that were rolled up, oldest first.</summary>
    public async Task<List<StatsDailyRow>> DaysAsync(string? model, CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    IQueryable<StatsDailyRow> rows = context.Set<StatsDailyRow>();
                    if (!string.IsNullOrEmpty(model))
                        rows = rows.Where(row => row.ModelName == model);
                    return await rows.OrderBy(row => row.Day)
                        .ThenBy(row => row.ModelName)
                        .Take(10_000)
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>All requests, newest first, in pages that are read as they are wanted: for exports.</summary>
    public async IAsyncEnumerable<StatsRow> AllAsync(
        StatsFilter filter,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        long? after = null;
        while (true)
        {
            var page = await HistoryAsync(filter, after, 1000, 0, cancellation).ConfigureAwait(false);
            foreach (var row in page.Items)
                yield return row;
            if (page.Next is null)
                yield break;
            after = page.Items[^1].Id;
        }
    }
}
