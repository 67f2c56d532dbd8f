using System.Net;
using System.Text.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Proxy;

public sealed class StreamingTests(ProxyFixture app) : IClassFixture<ProxyFixture>, IAsyncLifetime
{
    private const string Model = "streamer";

    public async ValueTask InitializeAsync()
    {
        if ((await app.GetAsync("/v1/models")).GetProperty("data").GetArrayLength() == 0)
            await app.AddRunningAsync(Model);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Events_ArriveWhileTheEngineStillWrites()
    {
        using var answer = await SendAsync("hold", stream: true);
        Assert.Equal("no", answer.Headers.GetValues("X-Accel-Buffering").Single());
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Contains("t0", await reader.ReadLineAsync());
        var inflight = await InFlightAsync(answer);
        Assert.Equal(
            ("streaming", 1, Model),
            (
                inflight.GetProperty("state").GetString(),
                inflight.GetProperty("tokens").GetInt32(),
                inflight.GetProperty("model").GetString()
            )
        );
        app.Engine.Release();
        Assert.EndsWith("data: [DONE]\n\n", await reader.ReadToEndAsync());
        await Until.TrueAsync(() => app.Registry.Count == 0, "the requests have come or gone");
    }

    [Fact]
    public async Task Streams_SideBySide_LoseAndMergeNothing()
    {
        var texts = await Task.WhenAll(
            Enumerable
                .Range(0, 32)
                .Select(async _ =>
                {
                    using var answer = await SendAsync("stream:200", stream: true);
                    return await answer.Content.ReadAsStringAsync();
                })
        );
        foreach (var text in texts)
        {
            var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(202, events.Length);
            Assert.All(events.Take(200).Select((line, i) => (line, i)), pair => Assert.Contains($"\"t{pair.i} \"", pair.line));
        }
    }

    [Fact]
    public async Task FinishedStream_IsRecorded_WithTheEnginesFigures()
    {
        using var answer = await SendAsync("stream:5", stream: true, session: "s-1");
        await answer.Content.ReadAsStringAsync();
        var row = await app.RowAsync(Id(answer));
        Assert.Equal(
            (200, true, 5, 4, 100.0, "stop", "s-1"),
            (row.HttpStatus, row.Stream, row.GeneratedTokens, row.PromptTokens, row.TokensPerSecond, row.FinishReason, row.SessionId)
        );
        Assert.Null(row.Error);
        Assert.Equal(("Say hi", "/v1/chat/completions", Model), (row.PromptPreview, row.Endpoint, row.ModelName));
        Assert.InRange(row.TtftMs!.Value, 0.001, row.TotalTimeMs!.Value);
    }

    [Fact]
    public async Task PlainAnswer_IsRecorded_WithUsage()
    {
        using var answer = await SendAsync("json");
        await answer.Content.ReadAsStringAsync();
        var row = await app.RowAsync(Id(answer));
        Assert.Equal(
            (200, 2, 5, 1, 500.0, 4.0),
            (row.HttpStatus, row.GeneratedTokens, row.PromptTokens, row.CachedTokens, row.TokensPerSecond, row.GenerationTimeMs)
        );
    }

    [Theory]
    [InlineData("die")]
    [InlineData("truncate")]
    public async Task StreamThatBreaksOff_EndsWithAnErrorEvent_AndIsRecordedAsFailed(string stub)
    {
        using var answer = await SendAsync(stub, stream: true);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Contains("t0", await reader.ReadLineAsync());
        app.Engine.Release();
        var events = (await reader.ReadToEndAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        var error = JsonDocument.Parse(events[^1].Trim()["data: ".Length..]).RootElement.GetProperty("error");
        Assert.Equal("engine_died", error.GetProperty("code").GetString());
        var row = await app.RowAsync(Id(answer));
        Assert.Equal(502, row.HttpStatus);
        Assert.NotNull(row.Error);
        await Until.TrueAsync(
            async () => (await app.GetAsync($"/api/logs?level=warn&q={Id(answer)}")).GetProperty("items").GetArrayLength() > 0,
            "its line in the log"
        );
    }

    [Fact]
    public async Task EngineThatGoes_AfterItsWholeAnswer_IsNoFailure()
    {
        using var answer = await SendAsync("die-after", stream: true);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line && line != "data: [DONE]")
        {
            // until the end is here
        }

        app.Engine.Release();
        Assert.Equal("", (await reader.ReadToEndAsync()).Trim());
        var row = await app.RowAsync(Id(answer));
        Assert.Equal((200, "stop"), (row.HttpStatus, row.FinishReason));
        Assert.Null(row.Error);
    }

    [Fact]
    public async Task LastEvent_ThatIsTooLongToRead_IsNoFailure()
    {
        using var answer = await app.Http.SendAsync(
            ProxyFixture.Post("/completion", $$"""{"model":"{{Model}}","stream":true,"prompt":"x"}""", "huge-end")
        );
        var text = await answer.Content.ReadAsStringAsync();
        Assert.EndsWith("\"stop_type\":\"limit\"}\n\n", text);
        Assert.Equal(200, (await app.RowAsync(Id(answer))).HttpStatus);
    }

    [Fact]
    public async Task StreamByPath_IsRecordedAsAStream()
    {
        using var request = ProxyFixture.Post($"/upstream/{Model}/v1/chat/completions", ProxyFixture.Chat(Model, stream: true), "stream:3");
        using var answer = await app.Http.SendAsync(request);
        await answer.Content.ReadAsStringAsync();
        var row = await app.RowAsync(Id(answer));
        Assert.Equal((true, 3), (row.Stream, row.GeneratedTokens));
        Assert.NotNull(row.TtftMs);
    }

    [Fact]
    public async Task PlainAnswerThatBreaksOff_IsNotPassedOffAsWhole()
    {
        using var answer = await SendAsync("die-json");
        app.Engine.Release();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync());
        Assert.Equal(502, (await app.RowAsync(Id(answer))).HttpStatus);
    }

    [Fact]
    public async Task EngineThatBreaksBeforeItsAnswer_Is502()
    {
        using var answer = await SendAsync("die-before");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("engine_failed", (await ProxyFixture.ErrorAsync(answer)).GetProperty("code").GetString());
        Assert.Equal(502, (await app.RowAsync(Id(answer))).HttpStatus);
    }

    [Fact]
    public async Task ErrorOfTheEngine_PassesAsItIs_AndIsRecorded()
    {
        using var answer = await SendAsync("status:501");
        Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
        Assert.Equal("engine words", (await ProxyFixture.ErrorAsync(answer)).GetProperty("message").GetString());
        var row = await app.RowAsync(Id(answer));
        Assert.Equal(501, row.HttpStatus);
        Assert.Contains("engine words", row.Error);
    }

    [Fact]
    public async Task ClientThatLeaves_StopsTheEngine()
    {
        var before = app.Engine.Aborted;
        string id;
        using (var answer = await SendAsync("hold", stream: true))
            id = Id(answer);
        await Until.TrueAsync(() => app.Engine.Aborted > before && app.Registry.Count == 0, "the requests have come or gone");
        Assert.Equal(499, (await app.RowAsync(id)).HttpStatus);
    }

    [Fact]
    public async Task Cancel_EndsTheStreamWithAnErrorEvent_AndStopsTheEngine()
    {
        var before = app.Engine.Aborted;
        using var answer = await SendAsync("hold", stream: true);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await reader.ReadLineAsync();
        var id = (await InFlightAsync(answer)).GetProperty("id").GetInt64();
        Assert.Equal(HttpStatusCode.Accepted, (await app.Http.PostAsync($"/api/inflight/{id}/cancel", null)).StatusCode);
        Assert.Contains("\"cancelled\"", await reader.ReadToEndAsync());
        await Until.TrueAsync(() => app.Engine.Aborted > before, "the requests have come or gone");
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.PostAsync($"/api/inflight/{id}/cancel", null)).StatusCode);
    }

    // One of an earlier test may be leaving just now.
    private async Task<JsonElement> InFlightAsync(HttpResponseMessage answer) =>
        (await app.GetAsync("/api/inflight"))
            .GetProperty("items")
            .EnumerateArray()
            .Single(item => item.GetProperty("request_id").GetString() == Id(answer));

    private static string Id(HttpResponseMessage answer) => answer.Headers.GetValues("X-Request-Id").Single();

    private async Task<HttpResponseMessage> SendAsync(string stub, bool stream = false, string? session = null)
    {
        var request = ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat(Model, stream), stub);
        if (session is not null)
            request.Headers.Add("X-Session-Id", session);
        return await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
