using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Resources;

/// <summary>Keeps the GPU allocations and what projects use as the places are, at each start and end.</summary>
internal sealed class AllocationFollower(
    DatabaseState database,
    InstanceRegistry registry,
    Reservations places,
    AllocationStore allocations,
    ProjectStore projects,
    TimeProvider clock,
    ILogger<AllocationFollower> logger
) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var work = new PeriodicWork("The GPU allocations could not be brought up to date", SyncAsync, clock, logger)
        {
            FirstDelay = TimeSpan.Zero,
        };
        using var subscription = registry.Changes.Subscribe(_ => work.Wake());
        places.Refreshed += work.Wake; // another project counts
        try
        {
            await work.RunAsync(database.Ready, stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            places.Refreshed -= work.Wake;
        }
    }

    private async Task SyncAsync(CancellationToken cancellation)
    {
        await allocations
            .SyncAsync(() => places.Occupants().Select(instance => instance.ModelId).ToHashSet(), cancellation)
            .ConfigureAwait(false);
        await projects.CacheUsageAsync(cancellation).ConfigureAwait(false);
    }
}
