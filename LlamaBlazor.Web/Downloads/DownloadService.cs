using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models.Downloads;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Downloads;

/// <summary>Owns the downloads: takes them from the queue, a few at a time, tells how far they are; what ran when the dashboard ended is
/// paused at the next start.</summary>
internal sealed partial class DownloadService(
    DownloadStore store,
    FileTransfer transfer,
    IOptionsMonitor<DownloadOptions> options,
    DatabaseState database,
    LibraryService library,
    Broadcast<DownloadChanged> changes,
    TimeProvider clock,
    ILogger<DownloadService> logger
) : BackgroundService
{
    private readonly SemaphoreSlim _gate = new(1, 1); // one decision about the queue after the other
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Dictionary<long, RunningDownload> _running = []; // at most as many as are set
    private CancellationToken _stopping = CancellationToken.None;

    /// <summary>Tells of each change; while bytes come four times a second.</summary>
    public Broadcast<DownloadChanged> Changes => changes;

    /// <summary>As it is now: with live figures where it runs.</summary>
    public DownloadSnapshot Show(DownloadRow row)
    {
        lock (_running)
            return _running.TryGetValue(row.Id, out var running) ? running.Job.Snapshot : DownloadSnapshot.Of(row);
    }

    /// <summary>Adds files to the queue.</summary>
    public async Task<Result<IReadOnlyList<DownloadSnapshot>>> AddAsync(
        IReadOnlyList<DownloadItem> items,
        CancellationToken cancellation = default
    )
    {
        var added = await DecideAsync<Result<IReadOnlyList<DownloadSnapshot>>>(
                async () =>
                {
                    var rows = await store.AddAsync(items, cancellation).ConfigureAwait(false);
                    if (!rows.IsSuccess)
                        return rows.Failure!;
                    var snapshots = rows.Value.Select(DownloadSnapshot.Of).ToList();
                    snapshots.ForEach(Tell); // before it can begin: nobody may hear "queued" after "done"
                    return snapshots;
                },
                cancellation
            )
            .ConfigureAwait(false);
        Wake();
        return added;
    }

    /// <summary>Stops one; what has come is kept. One that is at rest stays as it is.</summary>
    public async Task<Result<DownloadSnapshot>> CancelAsync(long id, CancellationToken cancellation = default)
    {
        await EndAsync(id, cancellation).ConfigureAwait(false);
        await store
            .MoveAsync(id, status => status is DownloadStatus.Queued or DownloadStatus.Paused, DownloadStatus.Cancelled, null, cancellation)
            .ConfigureAwait(false);
        return await TellAsync(id, cancellation).ConfigureAwait(false);
    }

    /// <summary>Puts one that was stopped or failed into the queue again.</summary>
    public async Task<Result<DownloadSnapshot>> ResumeAsync(long id, CancellationToken cancellation = default)
    {
        var (moved, told) = await DecideAsync(
                async () =>
                    (
                        await store
                            .MoveAsync(id, DownloadStatus.CanResume, DownloadStatus.Queued, null, cancellation)
                            .ConfigureAwait(false),
                        await TellAsync(id, cancellation).ConfigureAwait(false)
                    ),
                cancellation
            )
            .ConfigureAwait(false);
        if (moved)
            Wake();
        return !moved && told is { IsSuccess: true, Value.Status: DownloadStatus.Done }
            ? Failure.Conflict($"Download {id} is complete: there is nothing to resume.")
            : told;
    }

    /// <summary>Stops one and forgets it, with the part that has come. A complete file stays.</summary>
    public async Task<Result<bool>> RemoveAsync(long id, CancellationToken cancellation = default)
    {
        if (await store.FindAsync(id, cancellation).ConfigureAwait(false) is null)
            return Unknown(id);
        await EndAsync(id, cancellation).ConfigureAwait(false);
        var row = await store.FindAsync(id, cancellation).ConfigureAwait(false);
        if (row is not null && row.Status != DownloadStatus.Done)
            TryDelete(PartFile.PathOf(row.TargetPath));
        await store.RemoveAsync(id, cancellation).ConfigureAwait(false);
        changes.Publish(new DownloadChanged(id, null));
        return true;
    }

    /// <summary>Forgets those that are complete. Returns how many.</summary>
    public async Task<int> ClearAsync(CancellationToken cancellation = default)
    {
        var removed = await store.ClearAsync(cancellation).ConfigureAwait(false);
        changes.Publish(new DownloadChanged(0, null));
        return removed;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _gate.Dispose();
        _wake.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        try
        {
            await database.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
            var paused = await store.PauseInterruptedAsync(stoppingToken).ConfigureAwait(false);
            if (paused > 0)
                LogPaused(paused);
            using var followed = options.OnChange(_ => Wake()); // more at a time, perhaps
            while (true)
            {
                await TryPumpAsync().ConfigureAwait(false);
                await _wake.WaitAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(RunningTasks()).ConfigureAwait(false); // they end by the same token
        }
        catch (InvalidOperationException) when (database.Failure is not null)
        {
            // Said by DatabaseStartup; without a database there is no queue.
        }
    }

    private async Task<T> DecideAsync<T>(Func<Task<T>> decision, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await decision().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task TryPumpAsync()
    {
        await _gate.WaitAsync(_stopping).ConfigureAwait(false);
        try
        {
            while (_running.Count < options.CurrentValue.Parallel && await store.TakeNextAsync(_stopping).ConfigureAwait(false) is { } row)
            {
                var running = new RunningDownload(
                    new DownloadJob(row, Tell, clock),
                    CancellationTokenSource.CreateLinkedTokenSource(_stopping)
                );
                lock (_running)
                    _running[row.Id] = running;
                Tell(running.Job.Snapshot);
                running.Task = Task.Run(() => RunAsync(running), CancellationToken.None);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(error); // the next change tries again
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task RunAsync(RunningDownload running)
    {
        var job = running.Job;
        var (status, error) = await TransferAsync(running).ConfigureAwait(false);
        try
        {
            if (!_stopping.IsCancellationRequested)
                await store.MoveAsync(job.Id, state => state == DownloadStatus.Running, status, error).ConfigureAwait(false);
        }
        catch (Exception trouble)
        {
            LogFailed(trouble); // its row says "running" until the next start, which pauses it
        }

        lock (_running)
            _running.Remove(job.Id);
        running.Stop.Dispose();
        if (_stopping.IsCancellationRequested)
            return;
        if (status == DownloadStatus.Done)
            await ScanAsync(job.Target).ConfigureAwait(false);
        await TellAsync(job.Id, CancellationToken.None).ConfigureAwait(false);
        Wake();
    }

    private async Task<(string Status, string? Error)> TransferAsync(RunningDownload running)
    {
        try
        {
            return await transfer.RunAsync(running.Job, running.Stop.Token).ConfigureAwait(false) is { } failure
                ? (DownloadStatus.Failed, failure.Message)
                : (DownloadStatus.Done, null);
        }
        catch (OperationCanceledException) when (running.Stop.IsCancellationRequested)
        {
            return (DownloadStatus.Cancelled, null);
        }
        catch (Exception error)
        {
            LogFailed(error);
            return (DownloadStatus.Failed, $"It broke off: {error.Message}");
        }
    }

    // The parts of a set are read together, once the last one is there.
    private async Task ScanAsync(string target)
    {
        try
        {
            var split = SplitName.Parse(Path.GetFileName(target));
            var folder = Path.GetDirectoryName(target)!;
            if (split is null || Enumerable.Range(1, split.Count).All(part => File.Exists(Path.Combine(folder, split.FileName(part)))))
                await library.ScanAsync(_stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(error); // the file is there; the next scan finds it
        }
    }

    // Ends a running one and waits for that.
    private async Task EndAsync(long id, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        RunningDownload? running;
        try
        {
            lock (_running)
                _running.TryGetValue(id, out running);
            if (running is not null)
                await running.Stop.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return; // it has ended by itself
        }
        finally
        {
            _gate.Release();
        }

        await (running?.Task ?? Task.CompletedTask).WaitAsync(cancellation).ConfigureAwait(false);
    }

    private List<Task> RunningTasks()
    {
        lock (_running)
            return [.. _running.Values.Select(running => running.Task)];
    }

    private async Task<Result<DownloadSnapshot>> TellAsync(long id, CancellationToken cancellation)
    {
        if (await store.FindAsync(id, cancellation).ConfigureAwait(false) is not { } row)
            return Unknown(id);
        var snapshot = Show(row);
        Tell(snapshot);
        return snapshot;
    }

    private void Tell(DownloadSnapshot snapshot) => changes.Publish(new DownloadChanged(snapshot.Id, snapshot));

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Woken already.
        }
    }

    private void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogKept(path, error.Message);
        }
    }

    private static Failure Unknown(long id) => Failure.NotFound($"There is no download {id}. GET /api/downloads lists all of them.");

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} download(s) were under way when the dashboard ended; they are paused")]
    private partial void LogPaused(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "A download failed unexpectedly")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} could not be deleted ({Reason})")]
    private partial void LogKept(string path, string reason);
}
