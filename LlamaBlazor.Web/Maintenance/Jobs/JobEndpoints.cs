using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Maintenance.Jobs;

/// <summary><c>/api/database/jobs</c>, and how an operation is answered: with its result, or with its job when the caller does not want to
/// wait.</summary>
internal static class JobEndpoints
{
    /// <summary>Maps <c>/api/database/jobs</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/database/jobs").WithTags("Database");
        group.MapGet("", (DatabaseJobs jobs) => new ListPage<DatabaseJob>(jobs.List(), null));
        group.MapGet(
            "/{id:long}",
            (long id, DatabaseJobs jobs) =>
                jobs.Find(id) is { } job
                    ? Results.Ok(job)
                    : ApiResults.Problem(Failure.NotFound($"There is no job {id}. Only the newest are remembered."))
        );
        group.MapPost(
            "/{id:long}/cancel",
            (long id, DatabaseJobs jobs, AuditTrail audit) =>
            {
                var cancelled = jobs.Cancel(id);
                if (cancelled.IsSuccess)
                    audit.Note("job.cancel", "database", $"{id}", null);
                return cancelled.ToApi();
            }
        );
    }

    /// <summary>Runs a job: to its end, or, with <paramref name="background"/>, answers 202 with the job at once.</summary>
    public static async Task<IResult> AnswerAsync<T>(
        this DatabaseJobs jobs,
        string kind,
        bool background,
        Func<IProgress<WorkStep>, CancellationToken, Task<Result<T>>> work,
        CancellationToken caller
    )
    {
        if (!background)
            return (await jobs.RunAsync(kind, work, caller)).ToApi();
        return jobs.Start(kind, work).ToApi(started => Results.Accepted($"/api/database/jobs/{started.Job.Id}", started.Job));
    }
}
