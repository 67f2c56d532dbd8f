using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Data;

/// <summary>
/// The single writer (docs/adr/004-single-writer.md). Rows of loops (samples, logs, statistics) are queued and never waited for;
/// edits of people are awaited and run in a transaction of their own. SQLite has one writer anyway: queueing here costs a few
/// microseconds, colliding there costs up to a second.
/// </summary>
internal sealed partial class DatabaseWriter(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseState state,
    DataFolder folder,
    TimeProvider clock,
    ILogger<DatabaseWriter> logger
) : BackgroundService
{
    /// <summary>Jobs that may wait; past it rows are dropped and counted, edits wait.</summary>
    private const int QueueBound = 8192;

    /// <summary>Rows in one transaction.</summary>
    private const int BatchBound = 500;

    /// <summary>SQLITE_CONSTRAINT.</summary>
    private const int ConstraintError = 19;

    private static readonly TimeSpan BatchWindow = TimeSpan.FromMilliseconds(100);

    private readonly Channel<Job> _jobs = Channel.CreateBounded<Job>(new BoundedChannelOptions(QueueBound) { SingleReader = true });
    private long _dropped;
    private long _lockedAt = long.MinValue; // timestamp of the last wait for a lock that was in vain; only the loop touches it

    /// <summary>Rows lost because the queue was full or the database refused them.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Why the last batch failed, or null while writing works.</summary>
    public string? LastError { get; private set; }

    /// <summary>Queues a row for insertion without waiting. Returns false, and counts it, when the queue is full.</summary>
    public bool TryAdd(object row)
    {
        if (_jobs.Writer.TryWrite(new Job(row, null, clock.GetTimestamp())))
            return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Runs an edit in a transaction of its own and returns its result; what it throws reaches the caller and nothing is
    /// saved.</summary>
    /// <param name="work">Reads and changes through the context. Changes are saved after it returns.</param>
    /// <param name="cancellation">Gives up waiting; an edit that has begun is finished.</param>
    public async Task<T> ExecuteAsync<T>(Func<LlamaDbContext, CancellationToken, Task<T>> work, CancellationToken cancellation = default)
    {
        var edit = new Change<T>(work);
        await QueueAsync(edit, cancellation).ConfigureAwait(false);
        return await edit.Result.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>As <see cref="ExecuteAsync{T}"/>, for an edit without a result.</summary>
    public Task ExecuteAsync(Func<LlamaDbContext, CancellationToken, Task> work, CancellationToken cancellation = default) =>
        ExecuteAsync(
            async (context, token) =>
            {
                await work(context, token).ConfigureAwait(false);
                return true;
            },
            cancellation
        );

    /// <summary>
    /// Runs work that cannot be in a transaction, such as VACUUM, while nothing else writes. It gets a connection of its own; rows wait
    /// meanwhile.
    /// </summary>
    /// <param name="work">Runs on a thread of the pool and may take its time.</param>
    /// <param name="cancellation">Gives up waiting; work that has begun is finished.</param>
    public async Task<T> MaintainAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellation = default)
    {
        var job = new Upkeep<T>(folder.Database, work);
        await QueueAsync(job, cancellation).ConfigureAwait(false);
        return await job.Result.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _jobs.Writer.TryComplete(); // the loop drains what is queued, then ends
        return base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await WaitForDatabaseAsync(stoppingToken).ConfigureAwait(false))
            return;
        var rows = new List<object>(BatchBound);
        while (await _jobs.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            var begun = clock.GetTimestamp();
            var (edit, queuedAt) = await CollectAsync(rows).ConfigureAwait(false);
            if (rows.Count > 0)
                await InsertAsync(rows, begun).ConfigureAwait(false);
            rows.Clear();
            if (edit is not null)
                NoteLock(await edit.RunAsync(contexts, Wait(queuedAt)).ConfigureAwait(false));
        }
    }

    private async Task QueueAsync(Edit edit, CancellationToken cancellation)
    {
        try
        {
            await _jobs.Writer.WriteAsync(new Job(null, edit, clock.GetTimestamp()), cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException(state.Failure ?? "The dashboard is shutting down: nothing is written any more.");
        }
    }

    private async Task<bool> WaitForDatabaseAsync(CancellationToken cancellation)
    {
        try
        {
            await state.Ready.WaitAsync(cancellation).ConfigureAwait(false);
            return true;
        }
        catch (Exception error)
        {
            _jobs.Writer.TryComplete();
            while (_jobs.Reader.TryRead(out var job))
                job.Edit?.Fail(error);
            return false;
        }
    }

    // Takes rows until the batch is full, its window is over, or an edit arrives, which must not wait.
    private async Task<(Edit? Edit, long QueuedAt)> CollectAsync(List<object> rows)
    {
        using var window = new CancellationTokenSource(BatchWindow, clock);
        try
        {
            do
            {
                while (rows.Count < BatchBound && _jobs.Reader.TryRead(out var job))
                {
                    if (job.Edit is not null)
                        return (job.Edit, job.QueuedAt);
                    rows.Add(job.Row!);
                }
            } while (rows.Count < BatchBound && await _jobs.Reader.WaitToReadAsync(window.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The window is over: write what is there.
        }

        return (null, 0);
    }

    // A lock of another program holds up the first that meets it for as long as a connection waits, and none of those that stood behind it
    // meanwhile: they ask once.
    private bool Wait(long queuedAt) => queuedAt > _lockedAt;

    private void NoteLock(Exception? error)
    {
        if (
            (error as DbUpdateException)?.InnerException is SqliteException { SqliteErrorCode: 5 or 6 }
            || error is SqliteException { SqliteErrorCode: 5 or 6 }
        )
            _lockedAt = clock.GetTimestamp();
    }

    private async Task InsertAsync(List<object> rows, long queuedAt)
    {
        try
        {
            await SaveAsync(rows, Wait(queuedAt)).ConfigureAwait(false);
            LastError = null;
        }
        catch (DbUpdateException error)
            when (rows.Count > 1 && error.InnerException is SqliteException { SqliteErrorCode: ConstraintError })
        {
            // One row that breaks a rule, such as a line of a model deleted meanwhile, must not take its neighbours along.
            foreach (var row in rows)
                await InsertAsync([row], queuedAt).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Nothing a request or a person waits for may fail because the disk is full or the file locked: count, say so once, go on.
            Interlocked.Add(ref _dropped, rows.Count);
            if (LastError is null)
                LogInsertFailed(rows.Count, error);
            LastError = error.InnerException?.Message ?? error.Message;
            NoteLock(error);
        }
    }

    private async Task SaveAsync(List<object> rows, bool mayWait)
    {
        var context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            await RequireFreeAsync(context, mayWait).ConfigureAwait(false);
            context.ChangeTracker.AutoDetectChangesEnabled = false;
            context.AddRange(rows);
            await context.SaveChangesAsync().ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} row(s) could not be written to the database")]
    private partial void LogInsertFailed(int count, Exception error);

    private static async Task RequireFreeAsync(LlamaDbContext context, bool mayWait)
    {
        if (mayWait)
            return;
        await context.Database.OpenConnectionAsync().ConfigureAwait(false);
        if (SqliteSetup.IsLocked((SqliteConnection)context.Database.GetDbConnection()))
            throw new SqliteException("database is locked", 5);
    }

    private sealed record Job(object? Row, Edit? Edit, long QueuedAt);

    private abstract class Edit
    {
        // Returns what it failed with; whoever queued it gets that too.
        public abstract Task<Exception?> RunAsync(IDbContextFactory<LlamaDbContext> contexts, bool mayWait);

        public abstract void Fail(Exception error);
    }

    private abstract class Edit<T> : Edit
    {
        protected TaskCompletionSource<T> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => Completion.Task;

        public override void Fail(Exception error) => Completion.TrySetException(error);
    }

    private sealed class Upkeep<T>(string path, Func<SqliteConnection, T> work) : Edit<T>
    {
        public override async Task<Exception?> RunAsync(IDbContextFactory<LlamaDbContext> contexts, bool mayWait)
        {
            await Task.Yield();
            try
            {
                using var connection = SqliteSetup.Open(path);
                Completion.TrySetResult(work(connection));
                return null;
            }
            catch (Exception error)
            {
                Completion.TrySetException(error);
                return error;
            }
        }
    }

    private sealed class Change<T>(Func<LlamaDbContext, CancellationToken, Task<T>> work) : Edit<T>
    {
        public override async Task<Exception?> RunAsync(IDbContextFactory<LlamaDbContext> contexts, bool mayWait)
        {
            try
            {
                var context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
                await using (context.ConfigureAwait(false))
                {
                    await RequireFreeAsync(context, mayWait).ConfigureAwait(false);
                    var transaction = await context.Database.BeginTransactionAsync().ConfigureAwait(false);
                    await using (transaction.ConfigureAwait(false))
                    {
                        var result = await work(context, CancellationToken.None).ConfigureAwait(false);
                        await context.SaveChangesAsync().ConfigureAwait(false);
                        await transaction.CommitAsync().ConfigureAwait(false);
                        Completion.TrySetResult(result);
                    }
                }

                return null;
            }
            catch (Exception error)
            {
                Completion.TrySetException(error);
                return error;
            }
        }
    }
}
