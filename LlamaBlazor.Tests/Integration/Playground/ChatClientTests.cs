using System.Text.Json;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Playground;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Playground;

/// <summary>What the playground sends to its own endpoint, and how it stops.</summary>
public sealed class ChatClientTests(ProxyFixture app) : IClassFixture<ProxyFixture>
{
    [Fact]
    public async Task SystemPromptAndParameters_AreSent()
    {
        await app.AddRunningAsync("chatty");
        var settings = new ChatSettings
        {
            Model = "chatty",
            System = "Be brief.",
            Temperature = 0.5,
            TopP = 0.9,
            MaxTokens = 7,
            Seed = 3,
            Stop = "END\nSTOP",
        };
        await Client.AskAsync(settings, [new ChatTurn("user", "Hello")], new ChatTurn("assistant"), () => { }, CancellationToken.None);
        var sent = JsonDocument.Parse(app.Engine.Seen.Last().Body).RootElement;
        Assert.Equal(
            ["system:Be brief.", "user:Hello"],
            sent.GetProperty("messages")
                .EnumerateArray()
                .Select(message => $"{message.GetProperty("role").GetString()}:{message.GetProperty("content").GetString()}")
        );
        Assert.Equal(
            (0.5, 0.9, 7, 3),
            (
                sent.GetProperty("temperature").GetDouble(),
                sent.GetProperty("top_p").GetDouble(),
                sent.GetProperty("max_tokens").GetInt32(),
                sent.GetProperty("seed").GetInt32()
            )
        );
        Assert.Equal(["END", "STOP"], sent.GetProperty("stop").EnumerateArray().Select(stop => stop.GetString()!));
        await Client.AskAsync(
            new ChatSettings { Model = "chatty" },
            [new ChatTurn("user", "Hello")],
            new ChatTurn("assistant"),
            () => { },
            CancellationToken.None
        );
        Assert.False(JsonDocument.Parse(app.Engine.Seen.Last().Body).RootElement.TryGetProperty("temperature", out _));
    }

    [Fact]
    public async Task Stop_EndsTheRequest_AlsoWhileTheModelLoads()
    {
        var id = await app.AddModelAsync("loading");
        app.Starting = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException("never");
        };
        using var stop = new CancellationTokenSource();
        var asking = Client.AskAsync(
            new ChatSettings { Model = "loading" },
            [new ChatTurn("user", "Hello")],
            new ChatTurn("assistant"),
            () => { },
            stop.Token
        );
        await Until.TrueAsync(() => app.Starts(id) == 1, "the model is started for it");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await Until.TrueAsync(() => app.Registry.Count == 0, "the endpoint has noticed");
        app.Starting = null;
    }

    [Fact]
    public async Task Ask_OfAModelThatIsNotThere_SaysSoInTheReply()
    {
        var reply = new ChatTurn("assistant");
        await Client.AskAsync(
            new ChatSettings { Model = "nobody" },
            [new ChatTurn("user", "Hello")],
            reply,
            () => { },
            CancellationToken.None
        );
        Assert.Contains("'nobody' does not exist", reply.Error);
    }

    private ChatClient Client => app.Services.GetRequiredService<ChatClient>();
}
