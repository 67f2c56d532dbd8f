using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Shared.Live;

namespace LlamaBlazor.Web.Maintenance.Jobs;

/// <summary>
/// Runs the long operations on the database, one at a time, tells everybody how far they are, and ends them when somebody wants it. Page,
/// API and command
/// line see the same jobs.
/// </summary>
internal sealed partial class DatabaseJobs(
    Broadcast<DatabaseJob> changes,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<DatabaseJobs> logger
)
{
    /// <summary>Jobs that are remembered.</summary>
    private const int Bound = 20;

    private readonly Lock _gate = new();
    private readonly List<DatabaseJob> _jobs = []; // oldest first, at most Bound
    private CancellationTokenSource? _running;
    private long _lastId;

    /// <summary>Every change of a job.</summary>
    public Broadcast<DatabaseJob> Changes => changes;

    /// <summary>The job that runs, or null.</summary>
    public DatabaseJob? Current => List().FirstOrDefault(job => job.IsRunning);

    /// <summary>The newest jobs, newest first.</summary>
    public IReadOnlyList<DatabaseJob> List()
    {
        lock (_gate)
            return [.. _jobs.AsEnumerable().Reverse()];
    }

    /// <summary>A job, or null.</summary>
    public DatabaseJob? Find(long id) => List().FirstOrDefault(job => job.Id == id);

    /// <summary>Asks a job to end; what it began is taken back. A failure when it has ended already.</summary>
    public Result<DatabaseJob> Cancel(long id)
    {
        lock (_gate)
        {
            if (_jobs.Find(job => job.Id == id) is not { } job)
                return Failure.NotFound($"There is no job {id}. GET /api/database/jobs lists the newest {Bound}.");
            if (!job.IsRunning)
                return Failure.Conflict($"The {job.Kind} has ended already: {job.State.Word()}.");
            _running!.Cancel();
            return job;
        }
    }

    /// <summary>Starts a job and returns at once. A failure while another one runs.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="work">Does it, off the caller's thread.</param>
    public Result<StartedJob<T>> Start<T>(string kind, Func<IProgress<WorkStep>, CancellationToken, Task<Result<T>>> work)
    {
        DatabaseJob job;
        CancellationTokenSource cancellation;
        lock (_gate)
        {
            if (_jobs.Find(other => other.IsRunning) is { } other)
                return Failure.Conflict(
                    $"A {other.Kind} is running ({other.Step.ToLowerInvariant()}). Wait until it has ended, or cancel it (job {other.Id})."
                );
            job = new DatabaseJob
            {
                Id = ++_lastId,
                Kind = kind,
                StartedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            };
            _jobs.Add(job);
            if (_jobs.Count > Bound)
                _jobs.RemoveAt(0);
            _running = cancellation = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        }

        changes.Publish(job);
        return new StartedJob<T>(job, Task.Run(() => RunAsync(job.Id, work, cancellation), CancellationToken.None));
    }

    /// <summary>Runs a job to its end.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="work">Does it.</param>
    /// <param name="caller">Cancels it when the caller is gone.</param>
    public async Task<Result<T>> RunAsync<T>(
        string kind,
        Func<IProgress<WorkStep>, CancellationToken, Task<Result<T>>> work,
        CancellationToken caller = default
    )
    {
        var started = Start(kind, work);
        if (started.Failure is { } failure)
            return failure;
        using var gone = caller.Register(() => Cancel(started.Value.Job.Id));
        return await started.Value.Outcome.ConfigureAwait(false);
    }

    private async Task<Result<T>> RunAsync<T>(
        long id,
        Func<IProgress<WorkStep>, CancellationToken, Task<Result<T>>> work,
        CancellationTokenSource cancellation
    )
    {
        Result<T> outcome;
        try
        {
            outcome = await work(
                    new Reporter(step =>
                        Update(id, job => job with { Step = step.Name, Percent = step.Fraction is { } part ? (int)(part * 100) : null })
                    ),
                    cancellation.Token
                )
                .ConfigureAwait(false);
            Update(
                id,
                job =>
                    outcome.Match(
                        value => End(job, WorkState.Done) with { Percent = 100, Result = value },
                        failure => End(job, WorkState.Failed) with { Error = DatabaseJob.Words(failure) }
                    )
            );
        }
        catch (OperationCanceledException)
        {
            outcome = Failure.Conflict("It was cancelled. The database is as it was.");
            Update(id, job => End(job, WorkState.Cancelled) with { Error = outcome.Failure!.Message });
        }
        catch (Exception error)
        {
            LogBroken(id, error);
            outcome = Failure.Unavailable($"It failed: {error.Message} The log has the details.");
            Update(id, job => End(job, WorkState.Failed) with { Error = outcome.Failure!.Message });
        }

        cancellation.Dispose(); // the job has ended: nobody cancels it any more
        return outcome;
    }

    private DatabaseJob End(DatabaseJob job, WorkState state) =>
        job with
        {
            State = state,
            EndedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };

    private void Update(long id, Func<DatabaseJob, DatabaseJob> change)
    {
        DatabaseJob after;
        lock (_gate)
        {
            var index = _jobs.FindIndex(job => job.Id == id);
            after = change(_jobs[index]);
            if (after == _jobs[index])
                return;
            _jobs[index] = after;
        }

        changes.Publish(after);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Id} on the database failed")]
    private partial void LogBroken(long id, Exception error);

    // Progress<T> posts to a synchronisation context; this one tells at once, in order.
    private sealed class Reporter(Action<WorkStep> tell) : IProgress<WorkStep>
    {
        public void Report(WorkStep value) => tell(value);
    }
}

/// <summary>A job that was started.</summary>
/// <param name="Job">As it stood then.</param>
/// <param name="Outcome">Its result, when it has ended.</param>
internal sealed record StartedJob<T>(DatabaseJob Job, Task<Result<T>> Outcome);
