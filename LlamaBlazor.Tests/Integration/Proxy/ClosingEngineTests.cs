using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Integration.Proxy.Ollama;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>llama-server closes a connection after each chunked answer without saying so: no request may pay for that.</summary>
public sealed class ClosingEngineTests(OllamaFixture app) : IClassFixture<OllamaFixture>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StreamAfterStream_AllAreWhole(bool upstream)
    {
        await using var engine = new ClosingEngine();
        var name = await AddAsync(engine);
        for (var i = 0; i < 200; i++)
            await AskAsync(name, stream: true, upstream);
        Assert.Equal(200, engine.Bodies.Count);
    }

    [Fact]
    public async Task PlainRequests_AfterStreams_AreAnswered()
    {
        await using var engine = new ClosingEngine();
        var name = await AddAsync(engine);
        for (var i = 0; i < 100; i++)
            await AskAsync(name, stream: i % 2 == 0);
        Assert.Equal(100, engine.Bodies.Count);
    }

    [Fact]
    public async Task FiftyAtOnce_AllAreWhole()
    {
        await using var engine = new ClosingEngine();
        var name = await AddAsync(engine);
        for (var round = 0; round < 4; round++)
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AskAsync(name, stream: true)));
        Assert.Equal(200, engine.Bodies.Count);
    }

    // Sixteen on two places: most have begun with comments when their turn comes.
    [Fact]
    public async Task StreamsThatWaited_AreWhole()
    {
        await using var engine = new ClosingEngine { Work = TimeSpan.FromMilliseconds(400) };
        var name = await AddAsync(engine, places: 2);
        var texts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => AskAsync(name, stream: true)));
        Assert.Contains(texts, text => text.StartsWith(": waiting", StringComparison.Ordinal));
        Assert.Equal(16, engine.Bodies.Count);
    }

    [Fact]
    public async Task OllamaPort_StreamAfterStream_AllAreWhole()
    {
        await using var engine = new ClosingEngine();
        var name = await AddAsync(engine);
        for (var i = 0; i < 100; i++)
        {
            using var answer = await app.Ollama.PostAsJsonAsync(
                "/api/chat",
                new { model = name, messages = new[] { new { role = "user", content = "hi" } } }
            );
            Assert.Contains("\"done\":true", await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task RequestThatTheEngineNeverRead_IsSentOnceMore_ByteForByte(int length)
    {
        await using var engine = new ClosingEngine { Second = SecondRequest.CloseUnread };
        var name = await AddAsync(engine);
        await AskAsync(name, stream: false);
        var sent = JsonSerializer.Serialize(new { model = name, prompt = new string('x', length) });
        using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/completions", sent));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(sent, engine.Bodies.Last());
        Assert.Equal((2, 2), (engine.Bodies.Count, engine.Connections));
    }

    [Theory]
    [InlineData(nameof(SecondRequest.CloseBegun))]
    [InlineData(nameof(SecondRequest.ResetBegun))]
    public async Task RequestThatTheEngineBegan_IsNotSentAgain(string second)
    {
        await using var engine = new ClosingEngine { Second = Enum.Parse<SecondRequest>(second) };
        var name = await AddAsync(engine);
        await AskAsync(name, stream: false);
        using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat(name)));
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(2, engine.Bodies.Count);
    }

    [Fact]
    public async Task EngineThatKeepsConnections_IsKnownAfterAWhile_AndReused()
    {
        await using var engine = new ClosingEngine { Keeps = true };
        var name = await AddAsync(engine);
        await Until.TrueAsync(
            async () =>
            {
                var before = engine.Connections;
                await AskAsync(name, stream: true);
                await AskAsync(name, stream: true);
                return engine.Connections == before;
            },
            "streams share a connection"
        );
        engine.Keeps = false; // one that changes its mind costs no request
        for (var i = 0; i < 50; i++)
            await AskAsync(name, stream: true);
    }

    private async Task<string> AddAsync(ClosingEngine engine, int? places = null)
    {
        var name = "closing-" + Guid.NewGuid().ToString("N");
        app.Publish(await app.AddModelAsync(name, runtime => runtime.Concurrency = places), name, InstancePhase.Running, engine.Port);
        return name;
    }

    private async Task<string> AskAsync(string name, bool stream, bool upstream = false)
    {
        using var answer = await app.Http.SendAsync(
            ProxyFixture.Post((upstream ? $"/upstream/{name}" : "") + "/v1/chat/completions", ProxyFixture.Chat(name, stream))
        );
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK && !text.Contains("\"error\"", StringComparison.Ordinal), text);
        Assert.True(!stream || text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal), text);
        return text;
    }
}
