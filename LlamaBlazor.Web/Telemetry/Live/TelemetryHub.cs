using System.Runtime.CompilerServices;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.SignalR;

namespace LlamaBlazor.Web.Telemetry.Live;

/// <summary>
/// The hub <c>/hubs/telemetry</c> (product.md 5). A viewer gets <c>history</c>, the samples of the last ten minutes, and then each
/// <c>sample</c>; of what else it follows, each message too. It has queues of its own: one that reads too slowly loses its oldest messages
/// and delays nobody.
/// </summary>
internal sealed partial class TelemetryHub(
    MetricWindow window,
    Broadcast<Sample> samples,
    Broadcast<LogEntry> lines,
    Broadcast<InstanceSnapshot> changes,
    IHubContext<TelemetryHub> hub,
    TimeProvider clock,
    ILogger<TelemetryHub> logger
) : Hub
{
    /// <summary>Who follows it gets <c>logs</c>: arrays of new lines.</summary>
    public const string Logs = "logs";

    /// <summary>Who follows it gets <c>instances</c>: one snapshot a change.</summary>
    public const string Instances = "instances";

    /// <summary>Messages that wait for one viewer at most.</summary>
    private const int Lines = 500;
    private const int Changes = 256;

    private const int NameLength = 40;

    /// <summary>Calls of a viewer that were not understood, after which its connection is closed.</summary>
    private const int Mistakes = 20;

    // A flood is a few messages a second.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Sends a kind of messages to this viewer from now on; once is enough. Unknown names are refused.</summary>
    public Task Follow(string group)
    {
        var left = Context.ConnectionAborted;
        var client = hub.Clients.Client(Context.ConnectionId);
        if (group is not (Logs or Instances))
            throw Refuse(group);
        if (!Context.Items.TryAdd(group, true))
            return Task.CompletedTask;
        _ =
            group == Logs
                ? ServeAsync(
                    new ViewerQueue<LogEntry>(lines, Lines),
                    BatchesAsync,
                    (batch, token) => client.SendAsync("logs", batch.Select(LogAnswer.Of), token),
                    left
                )
                : ServeAsync(
                    new ViewerQueue<InstanceSnapshot>(changes, Changes),
                    static (queue, token) => queue.ReadAllAsync(token),
                    (one, token) => client.SendAsync("instances", InstanceAnswer.Of(one), token),
                    left
                );
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnConnectedAsync()
    {
        // Beside this call: a connection's own messages are handled only after it returns.
        var client = hub.Clients.Client(Context.ConnectionId);
        _ = ServeAsync(
            new ViewerQueue<Sample>(samples),
            (queue, token) => HistoryAsync(client, queue, token),
            (sample, token) => client.SendAsync("sample", SampleAnswer.Of(sample), token),
            Context.ConnectionAborted
        );
        return Task.CompletedTask;
    }

    private HubException Refuse(string? group)
    {
        var mistakes = Context.Items.TryGetValue(nameof(Mistakes), out var before) && before is int count ? count + 1 : 1;
        Context.Items[nameof(Mistakes)] = mistakes;
        if (mistakes >= Mistakes)
            Context.Abort();
        return new HubException(
            $"There is no group '{(group?.Length > NameLength ? group[..NameLength] : group)}'; there are {Logs} and {Instances}."
        );
    }

    private async IAsyncEnumerable<Sample> HistoryAsync(
        ISingleClientProxy client,
        ViewerQueue<Sample> queue,
        [EnumeratorCancellation] CancellationToken left
    )
    {
        var history = window.Snapshot();
        var last = history.Count == 0 ? 0 : history[^1].Timestamp;
        await client.SendAsync("history", history.Select(SampleAnswer.Of), left).ConfigureAwait(false);
        await foreach (var sample in queue.ReadAllAsync(left).ConfigureAwait(false))
        {
            if (sample.Timestamp > last || last - sample.Timestamp > MetricWindow.LengthMs)
                yield return sample;
        }
    }

    private async IAsyncEnumerable<List<LogEntry>> BatchesAsync(
        ViewerQueue<LogEntry> queue,
        [EnumeratorCancellation] CancellationToken left
    )
    {
        await foreach (var first in queue.ReadAllAsync(left).ConfigureAwait(false))
        {
            await Task.Delay(Pause, clock, left).ConfigureAwait(false);
            var batch = new List<LogEntry> { first };
            while (queue.TryRead(out var entry))
                batch.Add(entry);
            yield return batch;
        }
    }

    private async Task ServeAsync<TIn, TOut>(
        ViewerQueue<TIn> queue,
        Func<ViewerQueue<TIn>, CancellationToken, IAsyncEnumerable<TOut>> read,
        Func<TOut, CancellationToken, Task> send,
        CancellationToken left
    )
    {
        using (queue)
        {
            try
            {
                await foreach (var message in read(queue, left).ConfigureAwait(false))
                    await send(message, left).ConfigureAwait(false);
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
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A viewer of live figures could not be served")]
    private partial void LogFailed(Exception error);
}
