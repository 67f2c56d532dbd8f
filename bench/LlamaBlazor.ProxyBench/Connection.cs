using System.Net.Sockets;
using System.Text;

namespace LlamaBlazor.ProxyBench;

/// <summary>One client that keeps its connection: writes prepared bytes, reads one answer. Cheaper than the paths it measures.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly Uri _url;
    private byte[] _buffer = new byte[256 << 10];

    public Connection(Uri url, string model, bool stream, bool few = false)
    {
        _url = url;
        var body =
            $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},{{(few ? "\"max_tokens\":8," : "")}}"messages":[{"role":"user","content":"Say hello to the bench, please, in an ordinary sentence."}]}""";
        _request = Encoding.UTF8.GetBytes(
            $"POST {url.AbsolutePath.TrimEnd('/')}/v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{url.Port}\r\nContent-Type: "
                + $"application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );
    }

    /// <summary>Opens the connection.</summary>
    public Task OpenAsync() => _socket.ConnectAsync("127.0.0.1", _url.Port);

    /// <summary>Sends the request and reads its answer.</summary>
    /// <param name="onFirst">Called when the first bytes of the body are there.</param>
    /// <returns>The body as it was sent, chunk marks included.</returns>
    public async Task<ReadOnlyMemory<byte>> AskAsync(Action? onFirst = null)
    {
        await _socket.SendAsync(_request);
        var length = 0;
        var (bodyAt, total) = (-1, -1);
        while (true)
        {
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(length));
            if (read == 0)
                throw new IOException("The connection was closed in the middle of an answer.");
            length += read;
            if (bodyAt < 0)
                (bodyAt, total) = Head(_buffer.AsSpan(0, length));
            if (bodyAt >= 0 && length > bodyAt && onFirst is not null)
            {
                onFirst();
                onFirst = null;
            }

            if (bodyAt >= 0 && (total >= 0 ? length >= bodyAt + total : _buffer.AsSpan(0, length).EndsWith("0\r\n\r\n"u8)))
                return _buffer.AsMemory(bodyAt, length - bodyAt);
        }
    }

    public void Dispose() => _socket.Dispose();

    // Where the body begins, and its length, or -1 when it comes in chunks.
    private static (int At, int Length) Head(ReadOnlySpan<byte> bytes)
    {
        var gap = bytes.IndexOf("\r\n\r\n"u8);
        if (gap < 0)
            return (-1, -1);
        var head = Encoding.ASCII.GetString(bytes[..gap]);
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
            throw new IOException("Not 200: " + head.Split('\r')[0]);
        var line = head.Split("\r\n").FirstOrDefault(text => text.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return (gap + 4, line is null ? -1 : int.Parse(line["Content-Length:".Length..]));
    }
}
