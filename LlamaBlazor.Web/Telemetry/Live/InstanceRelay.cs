using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.SignalR;

namespace LlamaBlazor.Web.Telemetry.Live;

/// <summary>Sends each change of an instance to the viewers of the hub that follow <c>instances</c>.</summary>
internal sealed class InstanceRelay(Broadcast<InstanceSnapshot> changes, IHubContext<TelemetryHub> hub) : BackgroundService
{
    private const int Bound = 256;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var queue = new ViewerQueue<InstanceSnapshot>(changes, Bound);
        await foreach (var snapshot in queue.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            await hub.Clients.Group(TelemetryHub.Instances).SendAsync("instances", snapshot, stoppingToken).ConfigureAwait(false);
    }
}
