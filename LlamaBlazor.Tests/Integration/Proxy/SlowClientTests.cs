using System.Net.Sockets;
using System.Text;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>Clients that send next to nothing, on real sockets: each is sent away, and others are served meanwhile.</summary>
public sealed class SlowClientTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task SlowLoris_IsSentAway_InItsBodyAndInItsHeaders()
    {
        await app.AddRunningAsync("patient");
        var bodies = Enumerable
            .Range(0, 20)
            .Select(_ => AskAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n{", " "))
            .ToList();
        var heads = Enumerable
            .Range(0, 20)
            .Select(_ => AskAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\n", "X-More: 1\r\n"))
            .ToList();
        using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("patient")));
        Assert.True(answer.IsSuccessStatusCode); // while they are at it
        Assert.All(await Task.WhenAll(bodies), text => Assert.Contains("408", text.Split('\r')[0]));
        Assert.Contains("too slowly", await bodies[0]);
        Assert.All(await Task.WhenAll(heads), text => Assert.Contains("408", text.Split('\r')[0]));
        await Until.TrueAsync(() => app.Registry.Count == 0, "nothing is left of them");
    }

    [Fact]
    public async Task ManyHeaders_Are431()
    {
        var flood = string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: {i}\r\n"));
        Assert.Contains("431", await AskAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\n{flood}\r\n", null));
    }

    // Sends the beginning, then the drop again and again until the other side has had enough; returns what it said.
    private async Task<string> AskAsync(string beginning, string? drop)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", app.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning));
        using var over = new CancellationTokenSource(Limit);
        var answer = ReadAsync(stream, over.Token);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (drop is not null && !answer.IsCompleted && await pause.WaitForNextTickAsync(over.Token))
        {
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(drop), over.Token);
            }
            catch (IOException)
            {
                break; // closed: what it said before is in the answer
            }
        }

        return await answer;
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken over)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, over) is > 0 and var read)
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // reset: what came before counts
        }

        return text.ToString();
    }
}
