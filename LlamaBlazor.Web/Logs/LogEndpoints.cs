using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Logs;

/// <summary><c>/api/logs</c>.</summary>
internal static class LogEndpoints
{
    /// <summary>Maps <c>/api/logs</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/logs").WithTags("Logs");
        group.MapGet("", ListAsync).Produces<ListPage<LogAnswer>>();
        group.MapDelete(
            "",
            async (LogQueries queries, LogRing ring, CancellationToken cancellation) =>
            {
                ring.Clear();
                return new LogsCleared(await queries.ClearAsync(cancellation));
            }
        );
        group.MapGet("/export", ExportAsync);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] LogQuery query,
        LogQueries queries,
        ModelStore models,
        CancellationToken cancellation,
        string? after = null,
        string? newer_than = null,
        int limit = 100
    )
    {
        if (limit is < 1 or > 1000)
            return ApiResults.Invalid("limit", "1 to 1000.");
        var cursor = LogCursor.Parse(after);
        var filter = await query.FilterAsync(models, cancellation);
        var newer = LogCursor.Parse(newer_than);
        if ((cursor.Failure ?? newer.Failure ?? filter.Failure) is { } failure)
            return ApiResults.Problem(failure);
        var page = newer.Value is { } place
            ? await queries.NewerAsync(filter.Value, place, limit, cancellation) // oldest first
            : await queries.ListAsync(filter.Value, cursor.Value, limit, cancellation);
        return Results.Ok(new ListPage<LogAnswer>([.. page.Items.Select(LogAnswer.Of)], page.Next?.ToString()));
    }

    private static async Task<IResult> ExportAsync(
        [AsParameters] LogQuery query,
        LogQueries queries,
        ModelStore models,
        CancellationToken cancellation,
        string format = "txt"
    )
    {
        if (!LogExport.Types.TryGetValue(format, out var type))
            return ApiResults.Invalid("format", $"One of {string.Join(", ", LogExport.Types.Keys)}.");
        var filter = await query.FilterAsync(models, cancellation);
        return filter.ToApi(value =>
            Results.Stream(stream => LogExport.WriteAsync(stream, format, value, queries, cancellation), type, $"llamablazor-logs.{format}")
        );
    }
}

/// <summary>The filters of the log in the query string.</summary>
internal sealed record LogQuery
{
    /// <summary>Least level.</summary>
    public string? Level { get; init; }

    /// <summary>Source.</summary>
    public string? Source { get; init; }

    /// <summary>Id, uid or name of a model.</summary>
    public string? Model { get; init; }

    /// <summary>Text, or <c>/expression/</c>.</summary>
    public string? Q { get; init; }

    /// <summary>Unix milliseconds or ISO 8601.</summary>
    public string? Since { get; init; }

    /// <summary>The filter, or what is wrong with it.</summary>
    public async Task<Result<LogFilter>> FilterAsync(ModelStore models, CancellationToken cancellation)
    {
        var created = LogFilter.Create(Level, Source, Q);
        if (created.Failure is not null)
            return created;
        var filter = created.Value;
        if (!string.IsNullOrEmpty(Model))
        {
            if (await models.FindAsync(Model, cancellation) is not { } model)
                return Failure.Invalid("model", $"There is no model '{Model}'.");
            filter = filter with { ModelId = model.Id };
        }

        if (string.IsNullOrEmpty(Since))
            return filter;
        if (long.TryParse(Since, out var milliseconds))
            return filter with { Since = milliseconds };
        return DateTimeOffset.TryParse(
            Since,
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal,
            out var when
        )
            ? filter with
            {
                Since = when.ToUnixTimeMilliseconds(),
            }
            : Failure.Invalid("since", "Unix milliseconds, or a date such as 2026-01-31T12:00:00Z.");
    }
}

/// <summary>The answer of <c>DELETE /api/logs</c>.</summary>
/// <param name="Deleted">Stored lines.</param>
internal sealed record LogsCleared(int Deleted);
