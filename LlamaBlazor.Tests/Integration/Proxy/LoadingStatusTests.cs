using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>Waiting chats are told so.</summary>
public sealed class LoadingStatusFixture : ProxyFixture
{
    public LoadingStatusFixture() => With("LlamaBlazor:Proxy:KeepAliveSeconds", "1").With("LlamaBlazor:Proxy:LoadingStatus", "true");
}

public sealed class LoadingStatusTests(LoadingStatusFixture app) : IClassFixture<LoadingStatusFixture>
{
    [Theory]
    [InlineData("/v1/chat/completions", "data: ")]
    [InlineData("/v1/completions", ": waiting, place 1")] // only chats have a place for thoughts
    [EffectOf("LlamaBlazor:Proxy:LoadingStatus")]
    public async Task WaitingStream_ShowsItsStatus_ThenTheAnswer(string path, string beginning)
    {
        var name = "cold" + path.Length;
        await app.AddModelAsync(name);
        var ready = new TaskCompletionSource();
        app.Starting = async (model, cancellation) =>
        {
            await ready.Task.WaitAsync(cancellation);
            return app.Publish(model, name, InstancePhase.Running);
        };
        using var answer = await app.Http.SendAsync(
            ProxyFixture.Post(path, ProxyFixture.Chat(name, stream: true), "stream:2"),
            HttpCompletionOption.ResponseHeadersRead
        );
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var first = (await reader.ReadLineAsync())!;
        Assert.StartsWith(beginning, first);
        if (first.StartsWith("data: ", StringComparison.Ordinal))
            Assert.Contains(
                "waiting, place 1",
                JsonDocument
                    .Parse(first["data: ".Length..])
                    .RootElement.GetProperty("choices")[0]
                    .GetProperty("delta")
                    .GetProperty("reasoning_content")
                    .GetString()
            );
        ready.SetResult();
        var rest = await reader.ReadToEndAsync();
        Assert.Contains("t1 ", rest);
        Assert.EndsWith("data: [DONE]\n\n", rest);
        Assert.Equal(2L, (await app.RowAsync(answer.Headers.GetValues("X-Request-Id").Single())).GeneratedTokens);
    }
}
