using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Engines.Containers;

/// <summary>
/// Brings what we believe in line with what the runtime says, every 30 seconds and known by our label: a container that no launch of this
/// run knows is
/// removed, a row whose container is gone is kept as deleted. Nothing is asked while no container was ever used.
/// </summary>
internal sealed partial class ContainerReconciler(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseState database,
    DatabaseWriter writer,
    OwnContainers containers,
    InstanceRegistry registry,
    TimeProvider clock,
    ILogger<ContainerReconciler> logger
) : BackgroundService
{
    private const string Deleted = "deleted";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _reconciled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes after the first comparison, whatever came of it: what an earlier run left behind is gone then.</summary>
    public Task Reconciled => _reconciled.Task;

    /// <summary>Compares once. The runtime is right: what it does not have is not there, and what nobody of this run started is
    /// removed.</summary>
    public async Task ReconcileAsync(CancellationToken cancellation)
    {
        if (!containers.CanBeListed || !await IsUsedAsync(cancellation).ConfigureAwait(false))
            return;
        var listed = await containers.ListAsync(cancellation).ConfigureAwait(false);
        if (listed.Failure is { } failure)
        {
            LogNotListed(failure.Message);
            return;
        }

        // Those that are only asked something are removed by whoever asks, but for those of an earlier run.
        foreach (
            var stray in listed.Value.Where(item =>
                !containers.Knows(item.Name)
                && (!_reconciled.Task.IsCompleted || !item.Name.StartsWith(ContainerKind.ProbePrefix, StringComparison.Ordinal))
            )
        )
        {
            var removed = await containers.RemoveAsync(stray.Name, cancellation).ConfigureAwait(false);
            LogRemoved(stray.Name, removed.Failure?.Message ?? "done");
        }

        var present = listed.Value.Where(item => containers.Knows(item.Name)).Select(item => item.Id).ToList();
        var own = registry.ByModel.Values.Select(instance => instance.Id).ToList();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await writer
            .ExecuteAsync(
                (context, token) =>
                    context
                        .Instances.Where(row =>
                            row.Kind == ContainerKind.Row
                            && row.Status != Deleted
                            && !own.Contains(row.Id)
                            && !present.Contains(row.ContainerId)
                        )
                        .ExecuteUpdateAsync(
                            set =>
                                set.SetProperty(row => row.Status, Deleted)
                                    .SetProperty(row => row.Pid, (long?)null)
                                    .SetProperty(row => row.StoppedAt, row => row.StoppedAt ?? now),
                            token
                        ),
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var work = new PeriodicWork("The containers could not be compared with the runtime", FirstOrNextAsync, clock, logger)
        {
            Interval = Interval,
            FirstDelay = TimeSpan.Zero,
            Level = LogLevel.Error,
        };
        await work.RunAsync(database.Ready, stoppingToken).ConfigureAwait(false);
        _reconciled.TrySetResult(); // the database cannot be used, which is shown everywhere
    }

    private async Task FirstOrNextAsync(CancellationToken cancellation)
    {
        try
        {
            await ReconcileAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _reconciled.TrySetResult();
        }
    }

    /// <summary>True once a container was used: before, the runtime is not asked.</summary>
    public async Task<bool> IsUsedAsync(CancellationToken cancellation)
    {
        if (registry.ByModel.Values.Any(instance => instance.Kind == ContainerKind.Row))
            return true;
        return await contexts
            .ReadAsync(
                context => context.Instances.AnyAsync(row => row.Kind == ContainerKind.Row && row.Status != Deleted, cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Removed the container {Name}, which no instance of this run knows: {Outcome}")]
    private partial void LogRemoved(string name, string outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The containers could not be listed: {Reason}")]
    private partial void LogNotListed(string reason);
}
