using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Instances;

/// <summary>
/// Keeps the state of instances in the database: <c>models.status</c> and one row of <c>container_instances</c> a model and run of the
/// dashboard.
/// The newest state of each model waits to be written; a database that does not answer holds up no instance.
/// </summary>
internal sealed partial class InstanceStore(DatabaseWriter writer, TimeProvider clock, ILogger<InstanceStore> logger) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _signal = new(0);

    // never disposed, for it holds nothing: hosts may be told to stop once more after that
    private readonly SemaphoreSlim _writing = new(1, 1);
    private Dictionary<long, Entry> _waiting = []; // one entry a model
    private long _lastId;

    /// <summary>Ids of rows are given by us: the database has one dashboard at a time.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>An id for the next container of an instance; the row of its last one is kept as a deleted one, with its figures.</summary>
    /// <param name="last">Row of the last one, or 0.</param>
    public long Renew(long last)
    {
        if (last > 0)
            _ = RetireAsync(last);
        return NextId();
    }

    /// <summary>Sets the highest id in use.</summary>
    public void StartAfter(long id) => Interlocked.Exchange(ref _lastId, id);

    /// <summary>Goes on after the rows of another database; states that wait belong to the one before.</summary>
    public void Reset(long lastId)
    {
        lock (_gate)
            _waiting = [];
        StartAfter(lastId);
    }

    /// <summary>Notes a state; written soon.</summary>
    public void Record(InstanceSnapshot snapshot, InstanceDefinition facts, string uid, EngineRun? run)
    {
        lock (_gate)
            _waiting[snapshot.ModelId] = new Entry(snapshot, facts, uid, run ?? _waiting.GetValueOrDefault(snapshot.ModelId)?.Run);
        _signal.Release();
    }

    /// <summary>Writes what waits, after what is being written already: no state overtakes a later one, nor a change of the database. False
    /// where that failed: it waits on.</summary>
    public async Task<bool> FlushAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            return await WriteAllAsync().ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _signal.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _signal.WaitAsync(stoppingToken).ConfigureAwait(false);
                if (!await FlushAsync().ConfigureAwait(false))
                {
                    await Task.Delay(RetryPause, clock, stoppingToken).ConfigureAwait(false);
                    _signal.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The dashboard ends; what waits is written by StopAsync.
        }
    }

    private async Task<bool> WriteAllAsync()
    {
        Dictionary<long, Entry> batch;
        lock (_gate)
            (batch, _waiting) = (_waiting, []);
        var isWritten = true;
        foreach (var (model, entry) in batch)
        {
            try
            {
                await writer.ExecuteAsync((context, token) => WriteAsync(context, entry, token)).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                LogNotWritten(entry.Snapshot.Model, error);
                isWritten = false;
                lock (_gate)
                    _waiting.TryAdd(model, entry); // unless something newer waits already
            }
        }

        return isWritten;
    }

    private async Task RetireAsync(long id)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            await writer
                .ExecuteAsync(
                    (context, token) =>
                        context
                            .Instances.Where(row => row.Id == id && row.Kind == ContainerKind.Row)
                            .ExecuteUpdateAsync(
                                set =>
                                    set.SetProperty(row => row.Status, ContainerInstanceRow.Deleted)
                                        .SetProperty(row => row.Pid, (long?)null)
                                        .SetProperty(row => row.StoppedAt, row => row.StoppedAt ?? now),
                                token
                            )
                )
                .ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogNotWritten($"instance {id}", error);
        }
    }

    private async Task WriteAsync(LlamaDbContext context, Entry entry, CancellationToken cancellation)
    {
        var (snapshot, facts, uid, run) = entry;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var status = snapshot.Phase.ModelStatus();
        var known = await context
            .Models.Where(model => model.Id == snapshot.ModelId)
            .ExecuteUpdateAsync(
                set => set.SetProperty(model => model.Status, status).SetProperty(model => model.RuntimeStatus, snapshot.RuntimeStatus),
                cancellation
            )
            .ConfigureAwait(false);
        if (snapshot.Id == 0)
            return;
        var row = await context.Instances.FindAsync([snapshot.Id], cancellation).ConfigureAwait(false);
        if (row is null)
        {
            if (snapshot.Kind == ContainerKind.Row && run?.Process?.ContainerId is null)
                return; // a container has a row from the moment it has an id
            row = new ContainerInstanceRow
            {
                Id = snapshot.Id,
                ContainerId = run?.Process?.ContainerId ?? $"process:{uid}:{snapshot.Id}",
                Kind = snapshot.Kind,
                CreatedAt = Math.Min(now, snapshot.StartedAt ?? now), // a row is written some time after its program began
            };
            context.Instances.Add(row);
        }

        row.ModelId = known > 0 ? snapshot.ModelId : null;
        (row.ContainerName, row.ProjectPath, row.RestartPolicy) = (
            snapshot.Model,
            facts.Project,
            facts.RestartPolicy ?? RestartPolicy.OnFailure
        );
        (row.Status, row.Pid, row.Port, row.BaseUrl) = (snapshot.Phase.RowStatus(), snapshot.Pid, snapshot.Port, snapshot.BaseUrl);
        (row.ExitCode, row.Signal, row.Reason) = (snapshot.ExitCode, snapshot.Signal, snapshot.Reason);
        row.ProcessStartTime = snapshot.Pid is null ? null : run?.Process?.StartTime ?? row.ProcessStartTime;
        row.StartedAt = snapshot.StartedAt ?? row.StartedAt;
        row.StoppedAt = snapshot.IsActive ? null : row.StoppedAt ?? now;
        if (known == 0 && !snapshot.IsActive)
            row.Status = ContainerInstanceRow.Deleted; // its model has gone, and nobody starts it again
        if (run?.Command?.Container is { } container)
        {
            (row.CpuLimit, row.MemoryLimitGb) = (container.Plan.Cpus, container.Plan.MemoryGb);
            row.PortMappings = JsonSerializer.Serialize(
                new Dictionary<string, int> { [$"{container.Port}"] = container.Plan.EnginePort(container.Port) }
            );
        }

        if (run is not null)
            row.GpuDevices = run.Cards.Count == 0 ? null : JsonSerializer.Serialize(run.Cards);
        if (run?.Command is { } command)
        {
            (row.ImageName, row.EnginePath) = (command.Container?.Plan.Image ?? command.Executable, command.Executable);
            row.ArgumentsJson = JsonSerializer.Serialize(command.ShownArguments);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state of {Model} could not be written to the database; it is tried again")]
    private partial void LogNotWritten(string model, Exception error);

    private sealed record Entry(InstanceSnapshot Snapshot, InstanceDefinition Facts, string Uid, EngineRun? Run);
}
