using System.Net;
using System.Text;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Engines.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace LlamaBlazor.Tests.Integration.Engines;

/// <summary>The dashboard's own questions to engines: their key, their limit, their bound, and what is said where there is no
/// answer.</summary>
public sealed class EngineClientTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly HandTimers _timers = new();
    private readonly Web.Engines.Connections.EngineClient _client;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _engine;

    public EngineClientTests() => _client = new Web.Engines.Connections.EngineClient(_timers);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_engine is not null)
            await _engine.DisposeAsync();
    }

    [Fact]
    public async Task Question_ShowsTheKey_BelowThePrefix_AndKeepsThePathAsWritten()
    {
        var seen = "";
        var engine = await EngineAsync(context =>
        {
            var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            seen = $"{context.Request.Method} {target} {context.Request.Headers.Authorization}";
            return context.Response.WriteAsync("[]");
        });
        var address = new EngineAddress(engine + "/pre", "secret");
        Assert.Equal("[]", (await _client.SlotsAsync(address, Limit, default)).Text);
        Assert.Equal("GET /pre/slots Bearer secret", seen);
        await _client.SendAsync(address, HttpMethod.Delete, "/v1/stream/a%2Fb%41", null, Limit, default);
        Assert.Equal("DELETE /pre/v1/stream/a%2Fb%41 Bearer secret", seen);
        Assert.True(await _client.IsHealthyAsync(new EngineAddress(engine, null), Limit, default));
        Assert.Equal("GET /health ", seen);
    }

    [Fact]
    public async Task Silence_EndsAtTheLimit_OfTheClock()
    {
        var engine = await EngineAsync(async context =>
        {
            _asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var asking = _client.PropsAsync(new EngineAddress(engine, null), Limit, default);
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(asking.IsCompleted);
        Assert.True(_timers.Fire(Limit));
        var reply = await asking.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((null, "no answer within 90 seconds", true), (reply.Status, reply.Trouble, reply.IsSilent));
        Assert.Null(reply.Json);
    }

    [Fact]
    public async Task GivingUp_Throws_AndIsNoAnswer()
    {
        var engine = await EngineAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var patience = new CancellationTokenSource();
        var asking = _client.MetricsAsync(new EngineAddress(engine, null), Limit, patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task EngineThatIsNotThere_IsTrouble_NotSilence()
    {
        var listener = QuietPort.Listen();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Dispose();
        var reply = await _client.CompleteAsync(new EngineAddress($"http://127.0.0.1:{port}", null), Limit, default);
        Assert.Equal((null, false), (reply.Status, reply.IsSilent));
        Assert.NotEmpty(reply.Trouble!);
    }

    [Theory]
    [InlineData(500, "[1]", false)] // a refusal tells nothing
    [InlineData(200, "<html>", false)]
    [InlineData(200, "", false)]
    [InlineData(200, "[1]", true)]
    public async Task Json_IsThatOfAnAnswer_OrNone(int status, string body, bool isThere)
    {
        var engine = await EngineAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        });
        var reply = await _client.SlotsAsync(new EngineAddress(engine, null), Limit, default);
        Assert.Equal(((HttpStatusCode)status, isThere), (reply.Status, reply.Json is not null));
    }

    [Fact]
    public async Task AnswerWithoutEnd_IsGivenUp_AtItsBound()
    {
        var engine = await EngineAsync(async context =>
        {
            var part = Encoding.ASCII.GetBytes(new string('a', 1 << 20));
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(part);
        });
        var reply = await _client.MetricsAsync(new EngineAddress(engine, null), Limit, default).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((null, false), (reply.Body, reply.IsSilent));
        Assert.NotEmpty(reply.Trouble!);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        var asked = 0;
        var engine = await EngineAsync(context =>
        {
            asked++;
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        Assert.Equal(HttpStatusCode.Redirect, (await _client.PropsAsync(new EngineAddress(engine, "secret"), Limit, default)).Status);
        Assert.Equal(1, asked);
    }

    private async Task<string> EngineAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _engine = builder.Build();
        _engine.Run(answer);
        await _engine.StartAsync();
        return _engine.Urls.First();
    }
}
