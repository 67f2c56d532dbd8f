using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LlamaBlazor.Tests.Support;

/// <summary>An answer as it came over the connection.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Headers">Its headers in their order, names as they were written.</param>
/// <param name="Body">Its body, put together when it came in chunks.</param>
/// <param name="IsClosed">Whether the connection was closed behind it: the next request on it found no answer.</param>
internal sealed record RawAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body, bool IsClosed);

/// <summary>HTTP over a bare connection, to see what clients hide: the writing of headers, and whether the connection lives on.</summary>
internal static class RawHttp
{
    /// <summary>Sends one request on a connection of its own, then a second one to see whether the connection still serves.</summary>
    /// <param name="port">Port on this machine.</param>
    /// <param name="method">Method.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="headers">Headers besides Host and those of the body.</param>
    /// <param name="body">Body of JSON, or null for none.</param>
    public static async Task<RawAnswer> SendAsync(
        int port,
        string method,
        string path,
        IReadOnlyDictionary<string, string>? headers = null,
        string? body = null
    )
    {
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await client.ConnectAsync("127.0.0.1", port, limit.Token);
        var stream = client.GetStream();
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (body is not null)
        {
            head.Append("Content-Type: application/json\r\n");
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(head + "\r\n" + body), limit.Token);
        await using var buffered = new BufferedStream(stream);
        var reader = new RawReader(buffered, limit.Token);
        var (status, given) = await reader.HeadAsync();
        var text = method == "HEAD" || status == 204 ? "" : await reader.BodyAsync(given);
        return new RawAnswer(status, given, text, await IsClosedAsync(stream, port, limit.Token));
    }

    private static async Task<bool> IsClosedAsync(NetworkStream stream, int port, CancellationToken cancellation)
    {
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"), cancellation);
            return await stream.ReadAsync(new byte[1], cancellation) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}

/// <summary>Reads one answer.</summary>
/// <param name="stream">The connection; small reads must be cheap.</param>
/// <param name="cancellation">Gives up.</param>
internal sealed class RawReader(Stream stream, CancellationToken cancellation)
{
    /// <summary>Status and headers.</summary>
    public async Task<(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers)> HeadAsync()
    {
        var status = int.Parse((await LineAsync()).Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new List<KeyValuePair<string, string>>();
        for (var line = await LineAsync(); line.Length > 0; line = await LineAsync())
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }

        return (status, headers);
    }

    /// <summary>The body that the headers announce.</summary>
    public async Task<string> BodyAsync(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var bytes = new MemoryStream();
        if (headers.Any(header => header is { Key: "Transfer-Encoding", Value: "chunked" }))
        {
            for (var size = await SizeAsync(); size > 0; size = await SizeAsync())
            {
                await CopyAsync(size, bytes);
                await LineAsync();
            }

            await LineAsync();
        }
        else
        {
            await CopyAsync(int.Parse(headers.Single(header => header.Key == "Content-Length").Value, CultureInfo.InvariantCulture), bytes);
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private async Task<int> SizeAsync() => int.Parse(await LineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private async Task CopyAsync(int count, MemoryStream to)
    {
        var buffer = new byte[count];
        await stream.ReadExactlyAsync(buffer, cancellation);
        to.Write(buffer);
    }

    private async Task<string> LineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        for (; ; )
        {
            await stream.ReadExactlyAsync(one, cancellation);
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
    }
}
