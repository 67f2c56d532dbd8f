using LlamaBlazor.Domain.Statistics;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Statistics;

/// <summary>
/// Once an hour rolls finished days up into <c>stats_daily</c>, which is kept (acceptance 1.6); the requests themselves leave by the
/// retention that is set on
/// the Database page. Removes them too where somebody asks for it.
/// </summary>
internal sealed class StatsMaintenance(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseState database,
    DatabaseWriter writer,
    StatsReader reader,
    TimeProvider clock,
    ILogger<StatsMaintenance> logger
) : BackgroundService
{
    private const int DeleteBatch = 5000;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(1);

    /// <summary>Removes recorded requests and the days they were added up to, in batches so that other writes get in between.</summary>
    /// <param name="filter">Which; without any condition all of them.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Requests removed.</returns>
    public async Task<int> PurgeAsync(StatsFilter filter, CancellationToken cancellation)
    {
        var removed = 0;
        int batch;
        do
        {
            batch = await writer
                .ExecuteAsync(
                    (context, token) =>
                        context
                            .Set<StatsRow>()
                            .Where(row =>
                                filter
                                    .Apply(context.Set<StatsRow>())
                                    .OrderBy(old => old.Id)
                                    .Take(DeleteBatch)
                                    .Select(old => old.Id)
                                    .Contains(row.Id)
                            )
                            .ExecuteDeleteAsync(token),
                    cancellation
                )
                .ConfigureAwait(false);
            removed += batch;
        } while (batch == DeleteBatch);
        if (filter is { Outcome: null, KeyId: null, Session: null, Since: null, Until: null })
        {
            await writer
                .ExecuteAsync(
                    (context, token) =>
                        context
                            .Set<StatsDailyRow>()
                            .Where(row => filter.Model == null || row.ModelName == filter.Model)
                            .ExecuteDeleteAsync(token),
                    cancellation
                )
                .ConfigureAwait(false);
        }

        reader.Forget();
        await writer
            .ExecuteAsync(
                (context, _) =>
                {
                    context.Note(
                        "requests.purge",
                        "stats",
                        filter.Model,
                        new
                        {
                            removed,
                            filter.Outcome,
                            filter.Session,
                            filter.Since,
                            filter.Until,
                        }
                    );
                    return Task.CompletedTask;
                },
                cancellation
            )
            .ConfigureAwait(false);
        return removed;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new PeriodicWork("Statistics could not be rolled up", RollUpAsync, clock, logger)
        {
            Interval = Interval,
            FirstDelay = FirstDelay,
            Level = LogLevel.Error,
        }.RunAsync(database.Ready, stoppingToken);

    /// <summary>Rolls up the days before today that are newer than the newest rolled-up one. Today is rolled up tomorrow.</summary>
    public async Task RollUpAsync(CancellationToken cancellation)
    {
        var rows = await contexts.ReadAsync(context => FinishedDaysAsync(context, cancellation), cancellation).ConfigureAwait(false);
        if (rows.Count > 0)
            await writer
                .ExecuteAsync(
                    (writing, _) =>
                    {
                        writing.AddRange(rows);
                        return Task.CompletedTask;
                    },
                    cancellation
                )
                .ConfigureAwait(false);
    }

    private async Task<List<StatsDailyRow>> FinishedDaysAsync(LlamaDbContext context, CancellationToken cancellation)
    {
        var today = StartOfDay(StatsSummary.DayOf(Now));
        var newest = await context.Set<StatsDailyRow>().MaxAsync(row => (string?)row.Day, cancellation).ConfigureAwait(false);
        var from = newest is null ? 0 : StartOfDay(newest) + DayMs;
        if (from >= today)
            return [];
        var groups = await context
            .Set<StatsRow>()
            .Where(row => row.CreatedAt >= from && row.CreatedAt < today)
            .GroupBy(row => new { Day = row.CreatedAt / DayMs, row.ModelName })
            .Select(group => new
            {
                group.Key.Day,
                group.Key.ModelName,
                Requests = group.LongCount(),
                Failures = group.Sum(row => row.Error != null ? 1L : 0L),
                Hits = group.Sum(row => row.CacheHit ? 1L : 0L),
                Prompt = group.Sum(row => row.PromptTokens ?? 0),
                Generated = group.Sum(row => row.GeneratedTokens ?? 0),
                Time = group.Sum(row => row.TotalTimeMs ?? 0),
                Speed = group.Average(row => row.TokensPerSecond),
            })
            .ToListAsync(cancellation)
            .ConfigureAwait(false);
        return
        [
            .. groups.Select(group => new StatsDailyRow
            {
                Day = StatsSummary.DayOf(group.Day * DayMs),
                ModelName = group.ModelName,
                Requests = group.Requests,
                Failures = group.Failures,
                CacheHits = group.Hits,
                PromptTokens = group.Prompt,
                GeneratedTokens = group.Generated,
                TotalTimeMs = group.Time,
                TokensPerSecond = group.Speed,
            }),
        ];
    }

    private const long DayMs = 86_400_000;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static long StartOfDay(string day) =>
        new DateTimeOffset(DateTime.SpecifyKind(DateTime.ParseExact(day, "yyyy-MM-dd", null), DateTimeKind.Utc)).ToUnixTimeMilliseconds();
}
