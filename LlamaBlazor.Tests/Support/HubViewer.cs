using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace LlamaBlazor.Tests.Support;

/// <summary>A viewer of the hub, as a browser is one: a raw WebSocket that speaks SignalR's JSON protocol.</summary>
public sealed class HubViewer : IAsyncDisposable
{
    private const char End = '\u001e';
    private const int Invocation = 1;
    private const int Completion = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ClientWebSocket _socket = new();
    private readonly IAsyncEnumerator<JsonElement> _messages;

    private HubViewer() => _messages = ReadAsync().GetAsyncEnumerator();

    /// <summary>Address of the hub of a dashboard.</summary>
    public static Uri AddressOf(Uri dashboard) => new($"ws://{dashboard.Authority}/hubs/telemetry");

    /// <summary>Connects and shakes hands.</summary>
    public static async Task<HubViewer> ConnectAsync(Uri dashboard)
    {
        var viewer = new HubViewer();
        await viewer._socket.ConnectAsync(AddressOf(dashboard), default);
        await viewer.SendAsync("{\"protocol\":\"json\",\"version\":1}");
        return viewer;
    }

    /// <summary>The next call of the server; pings and the answer to the handshake are skipped.</summary>
    public Task<JsonElement> NextAsync() => NextAsync(message => message.TryGetProperty("target", out _));

    /// <summary>The next call of that name.</summary>
    public Task<JsonElement> NextAsync(string target) =>
        NextAsync(message => message.TryGetProperty("target", out var name) && name.GetString() == target);

    /// <summary>Calls the server and returns what went wrong there, or null.</summary>
    public async Task<string?> CallAsync(string target, params object[] arguments)
    {
        await SendAsync(
            JsonSerializer.Serialize(
                new
                {
                    type = Invocation,
                    invocationId = "1",
                    target,
                    arguments,
                }
            )
        );
        var answer = await NextAsync(message => message.TryGetProperty("type", out var type) && type.GetInt32() == Completion);
        return answer.TryGetProperty("error", out var error) ? error.GetString() : null;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _messages.DisposeAsync();
    }

    private async Task<JsonElement> NextAsync(Func<JsonElement, bool> isWanted)
    {
        while (await _messages.MoveNextAsync().AsTask().WaitAsync(Patience))
        {
            if (isWanted(_messages.Current))
                return _messages.Current;
        }

        throw new InvalidOperationException("The hub closed the connection");
    }

    private Task SendAsync(string message) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, true, default);

    private async IAsyncEnumerable<JsonElement> ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        var text = new StringBuilder();
        while (_socket.State == WebSocketState.Open)
        {
            var received = await _socket.ReceiveAsync(buffer, default);
            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            for (var all = text.ToString(); all.Contains(End, StringComparison.Ordinal); all = text.ToString())
            {
                var end = all.IndexOf(End, StringComparison.Ordinal);
                text.Remove(0, end + 1);
                yield return JsonDocument.Parse(all[..end]).RootElement;
            }
        }
    }
}
