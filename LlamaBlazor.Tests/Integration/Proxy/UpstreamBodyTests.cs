using System.Net;
using System.Net.Sockets;
using System.Text;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>Bodies that pass through <c>/upstream</c> unread: the same limits as everywhere, and the client is told whose fault it
/// was.</summary>
public sealed class UpstreamBodyTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    private const string Model = "piped";

    [Fact]
    public async Task BodyUnderTheLimit_PassesThrough()
    {
        await EnsureAsync();
        using var content = new ByteArrayContent(new byte[40 << 20]);
        using var answer = await app.Http.PostAsync($"/upstream/{Model}/anything", content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(40 << 20, app.Engine.Seen.Last().Body.Length);
        app.Engine.Seen.Clear();
    }

    [Theory]
    [InlineData("Content-Length: 104857600")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task BodyOverTheLimit_Is413(string length)
    {
        await EnsureAsync();
        using var client = await BeginAsync(length);
        var answer = ReadAsync(client); // before anything is sent: what comes after a reset is lost
        var sending = SendAsync(client, length.Contains("chunked", StringComparison.Ordinal));
        Assert.Contains("body_too_large", await answer);
        client.Close();
        await sending;
        await Until.TrueAsync(() => app.Registry.Count == 0, "nothing is left of it");
    }

    [Fact]
    public async Task BodyThatComesTooSlowly_Is408()
    {
        await EnsureAsync();
        using var client = await BeginAsync("Content-Length: 100000");
        var answer = ReadAsync(client);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (!answer.IsCompleted && await pause.WaitForNextTickAsync())
            await TryWriteAsync(client, " "u8.ToArray());
        Assert.Contains("request_timeout", await answer);
        await Until.TrueAsync(() => app.Registry.Count == 0, "nothing is left of it");
    }

    private async Task EnsureAsync()
    {
        if ((await app.GetAsync("/v1/models")).GetProperty("data").GetArrayLength() == 0)
            await app.AddRunningAsync(Model);
    }

    private async Task<TcpClient> BeginAsync(string length)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", app.Address.Port);
        await client
            .GetStream()
            .WriteAsync(Encoding.ASCII.GetBytes($"POST /upstream/{Model}/anything HTTP/1.1\r\nHost: 127.0.0.1\r\n{length}\r\n\r\n"));
        return client;
    }

    // 100 MiB, or less where the other side has had enough.
    private static async Task SendAsync(TcpClient client, bool chunked)
    {
        var block = new byte[1 << 20];
        for (var i = 0; i < 100; i++)
        {
            if (chunked && !await TryWriteAsync(client, "100000\r\n"u8.ToArray()))
                return;
            if (!await TryWriteAsync(client, block) || (chunked && !await TryWriteAsync(client, "\r\n"u8.ToArray())))
                return;
        }
    }

    private static async Task<bool> TryWriteAsync(TcpClient client, byte[] bytes)
    {
        try
        {
            await client.GetStream().WriteAsync(bytes);
            return true;
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (
                !text.ToString().Contains("\"code\"", StringComparison.Ordinal)
                && await client.GetStream().ReadAsync(buffer, limit.Token) is > 0 and var read
            )
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // reset: what came before counts
        }

        return text.ToString();
    }
}
