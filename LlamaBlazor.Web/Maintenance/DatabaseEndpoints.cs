using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Maintenance;

/// <summary><c>/api/database</c>: what needs no file. Each operation is a job; <c>?background=true</c> does not wait for its end.</summary>
internal static class DatabaseEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(WebApplication app)
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
            async (RetentionStore store, CancellationToken cancellation) =>
                new ListPage<Domain.Maintenance.RetentionRule>(await store.ListAsync(cancellation), null)
        );
        group.MapPut(
            "/retention/{table}",
            async (string table, RetentionLimits limits, RetentionStore store, CancellationToken cancellation) =>
                (await store.SaveAsync(table, limits, cancellation)).ToApi()
        );
    }
}

/// <summary>What was pruned.</summary>
/// <param name="Removed">Rows by table.</param>
internal sealed record PruneReport(IReadOnlyDictionary<string, int> Removed);
