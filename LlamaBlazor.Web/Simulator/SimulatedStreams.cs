using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary>Streams of requests with <c>X-Conversation-Id</c>: they go on without their client, and can be read from any place until some
/// minutes after their end (tools/server/server-stream.cpp).</summary>
/// <param name="clock">The time.</param>
internal sealed class SimulatedStreams(TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(300);

    private readonly ConcurrentDictionary<string, SimulatedStream> _streams = new(StringComparer.Ordinal);

    /// <summary>Lets the answer to a request go on without its client; a stream of the same conversation is ended. Null where the request
    /// names no conversation.</summary>
    public SimulatedStream? Begin(HttpContext context)
    {
        if (context.Request.Headers["X-Conversation-Id"].ToString() is not { Length: > 0 } id)
            return null;
        Forget();
        var stream = new SimulatedStream(id, clock);
        _streams.AddOrUpdate(
            id,
            stream,
            (_, old) =>
            {
                old.Cancel();
                return stream;
            }
        );
        context.RequestAborted = stream.Cancelled;
        context.Response.Body = new SimulatedStreamCopy(context.Response.Body, stream);
        return stream;
    }

    /// <summary><c>GET /v1/stream/ID?from=N</c>.</summary>
    public async Task ReadAsync(HttpContext context, string id)
    {
        Forget();
        if (!_streams.TryGetValue(id, out var stream))
        {
            await SimulatedWire.WriteAsync(context, SimulatedError.NotFound);
            return;
        }

        var text = context.Request.Query["from"].ToString();
        if (!long.TryParse(text.Length == 0 ? "0" : text, NumberStyles.None, CultureInfo.InvariantCulture, out var from))
            await SimulatedWire.WriteAsync(context, SimulatedError.Invalid("Invalid 'from' offset"));
        else if (from < stream.Dropped)
            await SimulatedWire.WriteAsync(context, SimulatedError.Invalid("Stream offset lost, please restart"));
        else
            await FollowAsync(context, stream, from);
    }

    /// <summary><c>DELETE /v1/stream/ID</c>.</summary>
    public Task EndAsync(HttpContext context, string id)
    {
        if (_streams.TryRemove(id, out var stream))
            stream.Cancel();
        return SimulatedWire.WriteAsync(context, StatusCodes.Status204NoContent, "application/json", "");
    }

    /// <summary><c>POST /v1/streams/lookup</c>.</summary>
    public async Task LookUpAsync(HttpContext context)
    {
        Forget();
        var (body, _) = await SimulatedBody.ReadAsync(context);
        var wanted = ((body as JsonObject)?["conversation_ids"] as JsonArray ?? []).Select(SimulatedBody.Text).OfType<string>();
        var answer = new JsonArray();
        foreach (var id in wanted)
        {
            foreach (
                var stream in _streams.Values.Where(stream => stream.Id == id || stream.Id.StartsWith(id + "::", StringComparison.Ordinal))
            )
                answer.Add(stream.Json());
        }

        await SimulatedWire.WriteAsync(context, answer);
    }

    private static async Task FollowAsync(HttpContext context, SimulatedStream stream, long from)
    {
        await SimulatedWire.StartStreamAsync(context);
        while (await stream.ReadAsync(from, context.RequestAborted) is { Length: > 0 } part)
        {
            from += part.Length;
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private void Forget()
    {
        foreach (var (id, stream) in _streams)
        {
            if (stream.IsOlderThan(Kept))
                _streams.TryRemove(KeyValuePair.Create(id, stream));
        }
    }
}
