using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.SignalR;

namespace LlamaBlazor.Web.Telemetry.Live;

/// <summary>
/// The hub <c>/hubs/telemetry</c> (product.md 5). A viewer gets <c>history</c>, the samples of the last ten minutes, and then each <c>sample</c>. It has
/// a queue of its own: one that reads too slowly loses its oldest samples and delays nobody.
/// </summary>
internal sealed partial class TelemetryHub(MetricWindow window, Broadcast<Sample> samples, IHubContext<TelemetryHub> hub, ILogger<TelemetryHub> logger) : Hub
{
    /// <summary>The group that gets <c>logs</c>: arrays of new lines.</summary>
    public const string Logs = "logs";

    /// <summary>The group that gets <c>instances</c>: one snapshot a change.</summary>
    public const string Instances = "instances";

    /// <summary>Joins a group. Unknown names are refused, so that groups stay few.</summary>
    public Task Follow(string group) => group is Logs or Instances
        ? Groups.AddToGroupAsync(Context.ConnectionId, group, Context.ConnectionAborted)
        : throw new HubException($"There is no group '{group}'; there are {Logs} and {Instances}.");

    /// <inheritdoc/>
    public override Task OnConnectedAsync()
    {
        // Beside this call: a connection's own messages are handled only after it returns.
        _ = ServeAsync(hub.Clients.Client(Context.ConnectionId), Context.ConnectionAborted);
        return Task.CompletedTask;
    }

    private async Task ServeAsync(ISingleClientProxy client, CancellationToken left)
    {
        try
        {
            using var queue = new ViewerQueue<Sample>(samples);
            var history = window.Snapshot();
            var last = history.Count == 0 ? 0 : history[^1].Timestamp;
            await client.SendAsync("history", history, left).ConfigureAwait(false);
            await foreach (var sample in queue.ReadAllAsync(left).ConfigureAwait(false))
            {
                if (sample.Timestamp > last || last - sample.Timestamp > MetricWindow.LengthMs)
                    await client.SendAsync("sample", sample, left).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The viewer has left.
        }
        catch (Exception error)
        {
            LogFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A viewer of the charts could not be served")]
    private partial void LogFailed(Exception error);
}
