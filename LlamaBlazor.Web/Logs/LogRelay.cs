using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Telemetry.Live;
using Microsoft.AspNetCore.SignalR;

namespace LlamaBlazor.Web.Logs;

/// <summary>Sends new lines to the viewers of the hub that follow <c>logs</c>, in batches, so that a flood is a few messages a second.</summary>
internal sealed class LogRelay(Broadcast<LogEntry> tail, IHubContext<TelemetryHub> hub, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var queue = new ViewerQueue<LogEntry>(tail, 500);
        await foreach (var first in queue.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(false);
            var batch = new List<LogEntry> { first };
            while (queue.TryRead(out var entry))
                batch.Add(entry);
            await hub.Clients.Group(TelemetryHub.Logs).SendAsync("logs", batch, stoppingToken).ConfigureAwait(false);
        }
    }
}
