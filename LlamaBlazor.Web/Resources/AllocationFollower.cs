using System.Threading.Channels;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Resources;

/// <summary>Keeps the GPU allocations and what projects use as the places are, at each start and end.</summary>
internal sealed partial class AllocationFollower(
    DatabaseState database,
    InstanceRegistry board,
    Reservations places,
    AllocationStore allocations,
    ProjectStore projects,
    ILogger<AllocationFollower> logger
) : BackgroundService
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            return; // the database cannot be used, which is shown everywhere: there is nothing to keep
        }

        using var subscription = board.Changes.Subscribe(_ => Note());
        places.Refreshed += Note; // another project counts
        try
        {
            Note();
            while (await _changes.Reader.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
            {
                _changes.Reader.TryRead(out _);
                await GuardAsync(() => SyncAsync(stoppingToken)).ConfigureAwait(false);
            }
        }
        finally
        {
            places.Refreshed -= Note;
        }
    }

    private void Note() => _changes.Writer.TryWrite(true);

    private async Task SyncAsync(CancellationToken cancellation)
    {
        await allocations
            .SyncAsync(() => places.Occupants().Select(instance => instance.ModelId).ToHashSet(), cancellation)
            .ConfigureAwait(false);
        await projects.CacheUsageAsync(cancellation).ConfigureAwait(false);
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The dashboard ends.
        }
        catch (Exception error)
        {
            LogFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The GPU allocations could not be brought up to date; it is tried again")]
    private partial void LogFailed(Exception error);
}
