using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Statistics;

/// <summary><c>/api/stats</c>.</summary>
internal static class StatsEndpoints
{
    /// <summary>Maps <c>/api/stats</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/stats").WithTags("Statistics");
        group.MapGet("/summary", SummaryAsync).Produces<StatsSummaryAnswer>();
        group.MapGet("/history", HistoryAsync).Produces<ListPage<StatsAnswer>>();
        group.MapGet("/history/{id}", FindAsync).Produces<StatsAnswer>();
        group.MapGet(
            "/daily",
            async (StatsReader reader, string? model, CancellationToken cancellation) =>
                new ListPage<StatsDayAnswer>([.. (await reader.DaysAsync(model, cancellation)).Select(StatsDayAnswer.Of)], null)
        );
        group.MapGet("/export", ExportAsync);
        group.MapDelete("", PurgeAsync);
    }

    private static async Task<IResult> SummaryAsync(
        StatsReader reader,
        string? model,
        string? since,
        string? until,
        CancellationToken cancellation
    )
    {
        var filter = StatsFilter.Parse(model, since, until);
        return filter.IsSuccess
            ? Results.Ok(StatsSummaryAnswer.Of(await reader.SummaryAsync(filter.Value, cancellation)))
            : ApiResults.Problem(filter.Failure!);
    }

    private static async Task<IResult> HistoryAsync(
        StatsReader reader,
        string? model,
        string? since,
        string? until,
        string? outcome,
        long? key,
        string? session,
        string? after,
        CancellationToken cancellation,
        int limit = 100,
        int offset = 0
    )
    {
        if (limit is < 1 or > 1000)
            return ApiResults.Invalid("limit", "1 to 1000.");
        if (offset is < 0 or > 1_000_000)
            return ApiResults.Invalid("offset", "0 to 1000000; for more use the cursor after.");
        if (after is not null && !long.TryParse(after, out _))
            return ApiResults.Invalid("after", "The value of next of the page before.");
        var filter = StatsFilter.Parse(model, since, until, outcome, key, session);
        if (!filter.IsSuccess)
            return ApiResults.Problem(filter.Failure!);
        var page = await reader.HistoryAsync(filter.Value, after is null ? null : long.Parse(after), limit, offset, cancellation);
        return Results.Ok(new ListPage<StatsAnswer>([.. page.Items.Select(StatsAnswer.Of)], page.Next));
    }

    private static async Task<IResult> PurgeAsync(
        StatsMaintenance maintenance,
        string? model,
        string? since,
        string? until,
        string? outcome,
        long? key,
        string? session,
        CancellationToken cancellation
    )
    {
        var filter = StatsFilter.Parse(model, since, until, outcome, key, session);
        return filter.IsSuccess
            ? Results.Ok(new { removed = await maintenance.PurgeAsync(filter.Value, cancellation) })
            : ApiResults.Problem(filter.Failure!);
    }

    private static async Task<IResult> FindAsync(string id, StatsReader reader, CancellationToken cancellation) =>
        await reader.FindAsync(id, cancellation) is { } row
            ? Results.Ok(StatsAnswer.Of(row))
            : ApiResults.Problem(
                Failure.NotFound($"No request '{id}' is recorded. Records are kept as long as the retention of stats says.")
            );

    private static IResult ExportAsync(
        StatsReader reader,
        string? model,
        string? since,
        string? until,
        string? outcome,
        long? key,
        string? session,
        TimeProvider clock,
        CancellationToken cancellation,
        string format = "csv"
    )
    {
        if (format is not ("csv" or "json"))
            return ApiResults.Invalid("format", "csv or json.");
        var filter = StatsFilter.Parse(model, since, until, outcome, key, session);
        if (!filter.IsSuccess)
            return ApiResults.Problem(filter.Failure!);
        var rows = reader.AllAsync(filter.Value, cancellation);
        return Results.Stream(
            output =>
                format == "csv" ? StatsExport.CsvAsync(output, rows, cancellation) : StatsExport.JsonAsync(output, rows, cancellation),
            format == "csv" ? "text/csv; charset=utf-8" : "application/json",
            $"requests-{clock.GetUtcNow():yyyyMMdd-HHmmss}.{format}"
        );
    }
}
