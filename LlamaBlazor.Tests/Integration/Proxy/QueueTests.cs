using System.Net;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Proxy;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>Short lines and frequent comments.</summary>
public sealed class QueueFixture : ProxyFixture
{
    public QueueFixture() =>
        With("LlamaBlazor:Proxy:QueueSize", "3")
            .With("LlamaBlazor:Proxy:KeepAliveSeconds", "1")
            .With("LlamaBlazor:Proxy:QueueWaitSeconds", "60");
}

public sealed class QueueTests : IClassFixture<QueueFixture>
{
    private readonly QueueFixture _app;

    public QueueTests(QueueFixture app)
    {
        _app = app;
        app.Starting = null;
        app.Engine.Seen.Clear();
    }

    [Fact]
    public async Task StoppedModel_IsStartedOnce_ForAllWhoWait()
    {
        var id = await _app.AddModelAsync("cold");
        var ready = HoldStarts();
        var answers = Enumerable.Range(0, 3).Select(_ => SendAsync("cold")).ToList();
        await Until.TrueAsync(() => _app.Registry.All.Count(request => request.Place > 0) == 3, "the requests have come or gone");
        // one of an earlier test may be leaving just now
        Assert.Equal([1, 2, 3], _app.Registry.All.Select(request => request.Place).Where(place => place > 0).Order());
        ready.SetResult(_app.Publish(id, "cold", InstancePhase.Running));
        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(1, _app.Starts(id));
        var row = await _app.RowAsync((await answers[0]).Headers.GetValues("X-Request-Id").Single());
        Assert.True(row.QueueTimeMs + row.LoadTimeMs > 0);
    }

    [Fact]
    [EffectOf("LlamaBlazor:Proxy:QueueSize")]
    public async Task FullQueue_Is429_WithRetryAfter()
    {
        var id = await _app.AddModelAsync("full");
        var ready = HoldStarts();
        var waiting = Enumerable.Range(0, 3).Select(_ => SendAsync("full")).ToList();
        await Until.TrueAsync(() => _app.Registry.All.Count(request => request.Place > 0) == 3, "the requests have come or gone");
        using var refused = await SendAsync("full");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal("queue_full", (await ProxyFixture.ErrorAsync(refused)).GetProperty("code").GetString());
        ready.SetResult(_app.Publish(id, "full", InstancePhase.Running));
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task ModelThatCannotStart_Is503_WithTheReason()
    {
        await _app.AddModelAsync("broken");
        _app.Starting = (_, _) => Task.FromResult<Result<InstanceSnapshot>>(Failure.Unavailable("No llama-server was found."));
        using var answer = await SendAsync("broken");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("No llama-server was found.", (await ProxyFixture.ErrorAsync(answer)).GetProperty("message").GetString());
    }

    [Fact]
    public async Task ClientsThatLeave_GiveTheStartUp()
    {
        var id = await _app.AddModelAsync("left");
        var given = new TaskCompletionSource();
        _app.Starting = async (_, cancellation) =>
        {
            await using var registration = cancellation.Register(given.SetResult);
            await Task.Delay(Timeout.Infinite, cancellation);
            return Failure.Unavailable("never");
        };
        using var gone = new CancellationTokenSource();
        var waiting = _app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("left")), gone.Token);
        await Until.TrueAsync(() => _app.Starts(id) == 1, "the requests have come or gone");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await given.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await Until.TrueAsync(() => _app.Registry.Count == 0, "the requests have come or gone");

        _app.Starting = null;
        using var answer = await SendAsync("left");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Concurrency_OfAModel_IsKept()
    {
        await _app.AddRunningAsync("narrow", runtime => runtime.Concurrency = 1);
        var first = SendAsync("narrow", "wait");
        await Until.TrueAsync(() => _app.Engine.Seen.Count == 1, "the requests have come or gone");
        var second = SendAsync("narrow");
        await Until.TrueAsync(() => _app.Registry.All.Any(request => request.Place == 1), "the requests have come or gone");
        Assert.Single(_app.Engine.Seen);
        _app.Engine.Release();
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await second).StatusCode);
        Assert.Equal(2, _app.Engine.Seen.Count);
    }

    [Fact]
    public async Task CancelledWaiter_LeavesTheLine_AndTheOthersMoveUp()
    {
        await _app.AddRunningAsync("single", runtime => runtime.Concurrency = 1);
        var first = SendAsync("single", "wait");
        await Until.TrueAsync(() => _app.Engine.Seen.Count == 1, "the first is at work");
        var second = SendAsync("single");
        await Until.TrueAsync(() => _app.Registry.All.Any(request => request.Place == 1), "the second waits");
        var third = SendAsync("single");
        await Until.TrueAsync(() => _app.Registry.All.Any(request => request.Place == 2), "the third waits");
        Assert.True(_app.Registry.Cancel(_app.Registry.All.Single(request => request.Place == 1).Id));
        using var cancelled = await second;
        Assert.Equal("cancelled", (await ProxyFixture.ErrorAsync(cancelled)).GetProperty("code").GetString());
        await Until.TrueAsync(() => _app.Registry.All.Any(request => request.Place == 1), "the third has moved up");
        _app.Engine.Release();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await first).StatusCode, (await third).StatusCode));
        Assert.Equal(2, _app.Engine.Seen.Count);
    }

    [Fact]
    [EffectOf("LlamaBlazor:Proxy:KeepAliveSeconds")]
    public async Task WaitingStream_GetsComments_ThenItsEvents()
    {
        var id = await _app.AddModelAsync("slow");
        var ready = HoldStarts();
        using var answer = await SendAsync("slow", "stream:3", stream: true);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal(": waiting, place 1", await reader.ReadLineAsync());
        ready.SetResult(_app.Publish(id, "slow", InstancePhase.Running));
        var rest = await reader.ReadToEndAsync();
        Assert.Contains("t2", rest);
        Assert.EndsWith("data: [DONE]\n\n", rest);
        var row = await _app.RowAsync(answer.Headers.GetValues("X-Request-Id").Single());
        Assert.Equal((200, 3), (row.HttpStatus, row.GeneratedTokens));
        Assert.Equal("Say hi", row.PromptPreview);
        Assert.Contains("Say hi", System.Text.Encoding.UTF8.GetString(_app.Engine.Seen.Last().Body));
    }

    [Fact]
    public async Task WaitingStream_ThatFails_EndsWithAnErrorEvent()
    {
        await _app.AddModelAsync("doomed");
        var ready = HoldStarts();
        using var answer = await SendAsync("doomed", "stream:3", stream: true);
        ready.SetResult(Failure.Unavailable("out of memory"));
        Assert.Contains("out of memory", await answer.Content.ReadAsStringAsync());
        Assert.Equal(503, (await _app.RowAsync(answer.Headers.GetValues("X-Request-Id").Single())).HttpStatus);
    }

    [Fact]
    public async Task EngineThatAcceptsNoConnection_Is502_UntilItIsBack()
    {
        var id = await _app.AddModelAsync("moved");
        using var closed = QuietPort.Listen();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        _app.Publish(id, "moved", InstancePhase.Running, port);
        using var answer = await SendAsync("moved");
        Assert.Equal(
            (HttpStatusCode.BadGateway, "engine_failed"),
            (answer.StatusCode, (await ProxyFixture.ErrorAsync(answer)).GetProperty("code").GetString())
        );
        _app.Publish(id, "moved", InstancePhase.Running);
        using var again = await SendAsync("moved");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        await Until.TrueAsync(() => _app.Registry.Busy(id) == 0, "the place is given back, which happens just after the last byte");
        Assert.NotNull(_app.Registry.CompletedAgo(id));
    }

    [Fact]
    public async Task MistakeWhileItWaits_LeavesNoPlaceTaken()
    {
        var id = await _app.AddModelAsync("slip", runtime => runtime.Concurrency = 1);
        var ready = HoldStarts();
        var scheduler = _app.Services.GetRequiredService<RequestScheduler>();
        var request = _app.Registry.Begin(
            new ProxyRoute("POST", "/v1/chat/completions", ModelSource.Body, RouteKind.Chat),
            "/v1/chat/completions"
        );
        request.Target = await _app.Services.GetRequiredService<ModelDirectory>().FindAsync("slip", CancellationToken.None);
        await Assert.ThrowsAsync<NotSupportedException>(() =>
            scheduler.EnterAsync(request, () => throw new NotSupportedException(), CancellationToken.None).AsTask()
        );
        _app.Registry.End(request);
        var next = SendAsync("slip");
        ready.SetResult(_app.Publish(id, "slip", InstancePhase.Running));
        using var answer = await next;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task MistakeOfOurs_Is500_AndRecordedAsOne()
    {
        var id = await _app.AddModelAsync("odd");
        _app.Publish(id, "odd", InstancePhase.Running, 99_999_999); // an address nobody can make sense of
        using var answer = await SendAsync("odd");
        Assert.Equal(
            (HttpStatusCode.InternalServerError, "internal_error"),
            (answer.StatusCode, (await ProxyFixture.ErrorAsync(answer)).GetProperty("code").GetString())
        );
        Assert.Equal(500, (await _app.RowAsync(answer.Headers.GetValues("X-Request-Id").Single())).HttpStatus);
        await Until.TrueAsync(() => _app.Registry.Count == 0 && _app.Registry.Busy(id) == 0, "nothing is left of it");
    }

    private TaskCompletionSource<Result<InstanceSnapshot>> HoldStarts()
    {
        var ready = new TaskCompletionSource<Result<InstanceSnapshot>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _app.Starting = (_, cancellation) => ready.Task.WaitAsync(cancellation);
        return ready;
    }

    private Task<HttpResponseMessage> SendAsync(string model, string? stub = null, bool stream = false) =>
        _app.Http.SendAsync(
            ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat(model, stream), stub),
            HttpCompletionOption.ResponseHeadersRead
        );
}
