using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Maintenance;

/// <summary><c>/api/database</c>: what needs no file. Each operation is a job; <c>?background=true</c> does not wait for its end.</summary>
internal static class DatabaseEndpoints
{
    /// <summary>Maps the routes of <c>/api/database</c> that care for it: size, check, backups, retention, leftovers.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/database").WithTags("Database");
        group.MapGet("", (DatabaseStats stats, CancellationToken cancellation) => stats.ReadAsync(cancellation));
        group.MapPost(
            "/vacuum",
            (DatabaseOperations operations, DatabaseJobs jobs, CancellationToken cancellation, bool background = false) =>
                jobs.AnswerAsync("vacuum", background, operations.VacuumAsync, cancellation)
        );
        group.MapPost(
            "/analyze",
            (DatabaseOperations operations, DatabaseJobs jobs, CancellationToken cancellation, bool background = false) =>
                jobs.AnswerAsync("analysis", background, operations.AnalyzeAsync, cancellation)
        );
        group.MapPost(
            "/check",
            (DatabaseOperations operations, DatabaseJobs jobs, CancellationToken cancellation, bool background = false) =>
                jobs.AnswerAsync<CheckReport>(
                    "check",
                    background,
                    async (progress, token) => await operations.CheckAsync(progress, token),
                    cancellation
                )
        );
        group.MapPost(
            "/prune",
            (RetentionJob retention, DatabaseJobs jobs, CancellationToken cancellation, bool background = false) =>
                jobs.AnswerAsync<PruneReport>(
                    "prune",
                    background,
                    async (progress, token) => new PruneReport(await retention.PruneNowAsync(progress, token)),
                    cancellation
                )
        );
        group.MapPost(
            "/backup",
            (DatabaseOperations operations, DatabaseJobs jobs, CancellationToken cancellation, bool background = false) =>
                jobs.AnswerAsync("backup", background, (progress, token) => operations.BackupAsync("manual", progress, token), cancellation)
        );
        group.MapPost(
            "/recover",
            (DatabaseRestore restore, DatabaseJobs jobs, CancellationToken cancellation, bool background = false) =>
                jobs.AnswerAsync("recovery", background, restore.RecoverAsync, cancellation)
        );
        group
            .MapGet(
                "/backups",
                (DatabaseOperations operations) =>
                    operations.ListBackups().ToApi(backups => Results.Ok(new ListPage<BackupFile>(backups, null)))
            )
            .Produces<ListPage<BackupFile>>();
        group
            .MapGet(
                "/leftovers",
                async (LeftoverStore leftovers, CancellationToken cancellation, string? table = null, long after = 0, int limit = 100) =>
                    limit is < 1 or > 1000
                        ? ApiResults.Invalid("limit", "1 to 1000.")
                        : Results.Ok(await leftovers.ListAsync(table, after, limit, cancellation))
            )
            .Produces<ListPage<LeftoverItem>>();
        group.MapGet(
            "/retention",
            (RetentionAccess store) =>
                new ListPage<RetentionAnswer>([.. store.List().Select(rule => RetentionAnswer.Of(rule, store.IsLocked(rule.Table)))], null)
        );
        group.MapPut(
            "/retention/{table}",
            async (string table, RetentionLimits limits, RetentionAccess store, CancellationToken cancellation) =>
                (await store.SaveAsync(table, limits, cancellation))
                    .Match<Result<RetentionAnswer>>(rule => RetentionAnswer.Of(rule, store.IsLocked(table)), failure => failure)
                    .ToApi()
        );
    }
}

/// <summary>A rule of retention, for answers.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="What">What it holds, for people.</param>
/// <param name="Days">Rows older than this leave; null for any age.</param>
/// <param name="Rows">So many rows stay, the newest; null for any number.</param>
/// <param name="IsLocked">Whether the configuration sets it, so that it cannot be changed here.</param>
internal sealed record RetentionAnswer(string Table, string What, int? Days, int? Rows, bool IsLocked)
{
    /// <summary>Of a rule.</summary>
    public static RetentionAnswer Of(Domain.Maintenance.RetentionRule rule, bool isLocked) =>
        new(rule.Table, rule.What, rule.Days, rule.Rows, isLocked);
}

/// <summary>What was pruned.</summary>
/// <param name="Removed">Rows by table.</param>
internal sealed record PruneReport(IReadOnlyDictionary<string, int> Removed);
