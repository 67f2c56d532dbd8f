using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Statistics;

namespace LlamaBlazor.Web.Cache;

/// <summary>The global switch, as sent.</summary>
internal sealed record CacheSwitchBody(bool? Enabled);

/// <summary><c>/api/cache</c>.</summary>
internal static class CacheEndpoints
{
    /// <summary>Maps <c>/api/cache</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/cache").WithTags("Cache");
        group.MapGet("", ListAsync).Produces<ListPage<CacheItem>>();
        group.MapDelete("", InvalidateAsync);
        group
            .MapGet("/stats", (CacheStore store, CancellationToken cancellation) => store.FiguresAsync(cancellation))
            .Produces<CacheFigures>();
        group.MapPut("/switch", SwitchAsync);
        group.MapPost(
            "/cleanup",
            async (CacheStore store, AuditTrail audit, CancellationToken cancellation) =>
            {
                var removed = await store.CleanUpAsync(cancellation);
                audit.Note("cache.cleanup", "cache", null, new { removed });
                return new CacheCleanup(removed);
            }
        );
        group
            .MapGet(
                "/{id:long}",
                async (long id, CacheStore store, CancellationToken cancellation) =>
                    await store.GetAsync(id, cancellation) is { } row ? Results.Ok(CacheAnswer.Of(row)) : Missing(id)
            )
            .Produces<CacheAnswer>();
        group.MapDelete(
            "/{id:long}",
            async (long id, CacheStore store, CancellationToken cancellation) =>
                await store.RemoveAsync(id, cancellation) ? Results.NoContent() : Missing(id)
        );
    }

    private static IResult Missing(long id) => ApiResults.Problem(Failure.NotFound($"No cached answer has the id {id}."));

    private static async Task<IResult> ListAsync(
        CacheStore store,
        string? model,
        string? after,
        CancellationToken cancellation,
        int limit = 100
    )
    {
        if (limit is < 1 or > 1000)
            return ApiResults.Invalid("limit", "1 to 1000.");
        if (after is not null && !long.TryParse(after, out _))
            return ApiResults.Invalid("after", "The value of next of the page before.");
        return Results.Ok(await store.ListAsync(model, after is null ? null : long.Parse(after), limit, cancellation));
    }

    private static async Task<IResult> InvalidateAsync(
        CacheStore store,
        string? prompt,
        string? model,
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "older_than")] string? olderThan,
        CancellationToken cancellation
    )
    {
        var limit = string.IsNullOrEmpty(olderThan) ? null : StatsFilter.ParseTime(olderThan);
        if (limit is null && !string.IsNullOrEmpty(olderThan))
            return ApiResults.Invalid("older_than", "Unix milliseconds, or a time such as 2026-01-31T12:00:00Z.");
        return Results.Ok(
            new
            {
                removed = await store.InvalidateAsync(
                    string.IsNullOrEmpty(prompt) ? null : prompt,
                    string.IsNullOrEmpty(model) ? null : model,
                    limit,
                    cancellation
                ),
            }
        );
    }

    private static async Task<IResult> SwitchAsync(CacheSwitchBody body, CacheSwitchAccess @switch, CancellationToken cancellation)
    {
        if (body.Enabled is not { } on)
            return ApiResults.Invalid("enabled", "true or false.");
        var set = await @switch.SetAsync(on, cancellation);
        return set.IsSuccess ? Results.Ok(new { enabled = on }) : ApiResults.Problem(set.Failure!);
    }
}

/// <summary>The answer of <c>POST /api/cache/cleanup</c>.</summary>
/// <param name="Removed">Answers that were past their time.</param>
internal sealed record CacheCleanup(int Removed);
