using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>What an engine does with the second request of a connection whose first answer was a plain one.</summary>
internal enum SecondRequest
{
    /// <summary>Answers it.</summary>
    Answer,

    /// <summary>Closes in order without reading it, as if it had closed a moment before.</summary>
    CloseUnread,

    /// <summary>Reads it and closes without an answer.</summary>
    CloseBegun,

    /// <summary>Reads it and breaks the connection with a reset.</summary>
    ResetBegun,
}

/// <summary>
/// An engine on a bare socket that closes each connection right after a chunked answer while it says keep-alive, as llama-server does;
/// plain answers keep
/// the connection. It streams when the body says so.
/// </summary>
internal sealed class ClosingEngine : IAsyncDisposable
{
    private const string KeepAlive = "Keep-Alive: timeout=5, max=100\r\n";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _serving;

    public ClosingEngine()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public SecondRequest Second { get; set; }

    /// <summary>Whether it keeps connections after streams too.</summary>
    public bool Keeps { get; set; }

    /// <summary>How long a stream takes.</summary>
    public TimeSpan Work { get; set; }

    /// <summary>Connections it took.</summary>
    public int Connections => _connections;

    private int _connections;

    /// <summary>Bodies it read whole.</summary>
    public ConcurrentQueue<string> Bodies { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await _serving;
        _over.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_over.Token);
                Interlocked.Increment(ref _connections);
                _ = Task.Run(() => ServeAsync(socket));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        socket.NoDelay = true;
        try
        {
            for (var first = true; ; first = false)
            {
                if (!first && Second == SecondRequest.CloseUnread)
                {
                    await socket.ReceiveAsync(Memory<byte>.Empty, _over.Token); // returns when something has come
                    socket.Shutdown(SocketShutdown.Both);
                    return;
                }

                if (await ReadAsync(socket) is not { } body)
                    return;
                if (!first && Second == SecondRequest.ResetBegun)
                    socket.LingerState = new LingerOption(true, 0);
                if (!first && Second is SecondRequest.CloseBegun or SecondRequest.ResetBegun)
                    return;
                if (await AnswerAsync(socket, body.Contains("\"stream\":true", StringComparison.Ordinal)))
                    continue;
                socket.Shutdown(SocketShutdown.Both);
                return;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // the other side has left, or the test is over
        }
    }

    // True when the connection goes on.
    private async Task<bool> AnswerAsync(Socket socket, bool streams)
    {
        if (!streams)
        {
            const string Json = """{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}""";
            await SendAsync(
                socket,
                $"HTTP/1.1 200 OK\r\n{KeepAlive}Content-Type: application/json\r\nContent-Length: {Json.Length}\r\n\r\n{Json}"
            );
            return true;
        }

        await SendAsync(socket, $"HTTP/1.1 200 OK\r\n{KeepAlive}Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        if (Work > TimeSpan.Zero)
            await Task.Delay(Work, _over.Token);
        foreach (
            var data in new[]
            {
                """{"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]}""",
                """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
                "[DONE]",
            }
        )
            await SendAsync(socket, Chunk($"data: {data}\n\n"));
        await SendAsync(socket, "0\r\n\r\n");
        return Keeps;
    }

    private static string Chunk(string text) => $"{text.Length:x}\r\n{text}\r\n";

    private async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.ASCII.GetBytes(text), _over.Token);

    private async Task<string?> ReadAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 << 10];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer, _over.Token);
            if (read == 0)
                return null;
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            var all = text.ToString();
            var end = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
                continue;
            if (all.Length - end - 4 < LengthOf(all[..end]))
                continue;
            Bodies.Enqueue(all[(end + 4)..]);
            return all[(end + 4)..];
        }
    }

    private static int LengthOf(string head) =>
        head.Split("\r\n")
            .Select(line => line.Split(':', 2))
            .Where(parts => parts[0].Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            .Select(parts => int.Parse(parts[1], CultureInfo.InvariantCulture))
            .FirstOrDefault();
}
