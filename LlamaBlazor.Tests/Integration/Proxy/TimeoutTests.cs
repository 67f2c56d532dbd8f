using System.Net;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>One that waits a second for anything.</summary>
public sealed class ImpatientFixture : ProxyFixture
{
    public ImpatientFixture() =>
        With("LlamaBlazor:Proxy:QueueWaitSeconds", "1")
            .With("LlamaBlazor:Proxy:IdleTimeoutSeconds", "1")
            .With("LlamaBlazor:Proxy:KeepAliveSeconds", "0");
}

public sealed class TimeoutTests(ImpatientFixture app) : IClassFixture<ImpatientFixture>
{
    [Fact]
    [EffectOf("LlamaBlazor:Proxy:QueueWaitSeconds")]
    public async Task RequestThatWaitedLongEnough_Is503_WithRetryAfter()
    {
        await app.AddModelAsync("never-ready");
        app.Starting = (_, cancellation) => new TaskCompletionSource<Result<InstanceSnapshot>>().Task.WaitAsync(cancellation);
        using var answer = await SendAsync("never-ready", null, stream: false);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "queue_timeout"),
            (answer.StatusCode, (await ProxyFixture.ErrorAsync(answer)).GetProperty("code").GetString())
        );
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(503, (await app.RowAsync(Id(answer))).HttpStatus);
        await Until.TrueAsync(() => app.Registry.Count == 0, "nothing is left of it");
    }

    [Fact]
    [EffectOf("LlamaBlazor:Proxy:IdleTimeoutSeconds")]
    public async Task EngineThatSaysNothing_Is504()
    {
        var id = await app.AddRunningAsync("silent");
        using var answer = await SendAsync("silent", "wait", stream: false);
        Assert.Equal(
            (HttpStatusCode.GatewayTimeout, "engine_timeout"),
            (answer.StatusCode, (await ProxyFixture.ErrorAsync(answer)).GetProperty("code").GetString())
        );
        Assert.Equal(504, (await app.RowAsync(Id(answer))).HttpStatus);
        await Until.TrueAsync(() => app.Registry.Busy(id) == 0, "the place is given back");
    }

    [Fact]
    public async Task EngineThatFallsSilent_InTheMiddle_EndsTheStreamWithAnErrorEvent()
    {
        await app.AddRunningAsync("halting");
        using var answer = await SendAsync("halting", "hold", stream: true);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("t0", text);
        Assert.Contains("\"engine_timeout\"", text);
        Assert.Equal(504, (await app.RowAsync(Id(answer))).HttpStatus);
    }

    private static string Id(HttpResponseMessage answer) => answer.Headers.GetValues("X-Request-Id").Single();

    private Task<HttpResponseMessage> SendAsync(string model, string? stub, bool stream) =>
        app.Http.SendAsync(
            ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat(model, stream), stub),
            HttpCompletionOption.ResponseHeadersRead
        );
}
