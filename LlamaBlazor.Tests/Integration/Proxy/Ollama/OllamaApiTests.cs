using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Proxy.Ollama;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Proxy.Ollama;

/// <summary>Ollama's API in front of an engine of the tests.</summary>
public sealed class OllamaFixture : OllamaFixtureBase
{
    public OllamaFixture() => With("LlamaBlazor:Proxy:KeepAliveSeconds", "1");
}

/// <summary>With that port, and whatever else a test sets.</summary>
public abstract class OllamaFixtureBase : ProxyFixture
{
    protected OllamaFixtureBase() => With("LlamaBlazor:Ollama:Enabled", "true").With("LlamaBlazor:Ollama:Port", "0");

    /// <summary>A client of the port.</summary>
    public HttpClient Ollama => field ??= new HttpClient { BaseAddress = Services.GetRequiredService<OllamaListener>().Address };
}

public sealed class OllamaApiTests(OllamaFixture app) : IClassFixture<OllamaFixture>
{
    [Fact]
    [EffectOf("LlamaBlazor:Ollama:Enabled")]
    public async Task Chat_Streams_LinesAsTheyCome_AndIsRecorded()
    {
        await EnsureAsync("lines");
        using var request = Ask(
            "/api/chat",
            """{"model":"lines:latest","messages":[{"role":"user","content":"hi"}],"options":{"temperature":0.25}}""",
            "hold"
        );
        using var answer = await app.Ollama.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var first = JsonDocument.Parse((await reader.ReadLineAsync())!).RootElement; // while the engine holds the rest back
        Assert.Equal(
            ("lines:latest", "t0 ", false),
            (
                first.GetProperty("model").GetString(),
                first.GetProperty("message").GetProperty("content").GetString(),
                first.GetProperty("done").GetBoolean()
            )
        );
        app.Engine.Release();
        var rest = (await reader.ReadToEndAsync())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(
            ("stop", 4, 2),
            (
                rest[^1].GetProperty("done_reason").GetString(),
                rest[^1].GetProperty("prompt_eval_count").GetInt32(),
                rest[^1].GetProperty("eval_count").GetInt32()
            )
        );
        Assert.Equal(2, rest.Count);
        var row = await app.RowAsync(answer.Headers.GetValues("X-Request-Id").Single());
        Assert.Equal(("lines", 0.25, 200, 2L), (row.ModelName, row.Temperature, row.HttpStatus, row.GeneratedTokens));
    }

    [Fact]
    public async Task Generate_WithoutStream_IsOneObject()
    {
        await EnsureAsync("lines");
        using var answer = await app.Ollama.SendAsync(Ask("/api/generate", """{"model":"lines","prompt":"hi","stream":false}"""));
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(
            ("hi", true, 5),
            (
                body.GetProperty("response").GetString(),
                body.GetProperty("done").GetBoolean(),
                body.GetProperty("prompt_eval_count").GetInt32()
            )
        );
        Assert.Equal("/v1/chat/completions", app.Engine.Seen.Last().Target);
    }

    [Theory]
    [InlineData("""{"model":"absent","prompt":"hi"}""", "", 404, "absent")]
    [InlineData("""{"prompt":"hi"}""", "", 400, "model")]
    [InlineData("""{""", "", 400, "JSON")]
    [InlineData("""{"model":"lines","prompt":"hi"}""", "status:500", 500, "engine words")]
    [InlineData("""{"model":"lines","prompt":"hi"}""", "die-before", 502, "broke the connection")]
    public async Task Errors_HaveOllamasShape(string json, string stub, int status, string words)
    {
        await EnsureAsync("lines");
        using var answer = await app.Ollama.SendAsync(Ask("/api/generate", json, stub));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(words, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Fact]
    public async Task StreamThatBreaksOff_EndsWithAnErrorLine()
    {
        await EnsureAsync("lines");
        using var answer = await app.Ollama.SendAsync(
            Ask("/api/chat", """{"model":"lines","messages":[{"role":"user","content":"hi"}]}""", "truncate")
        );
        var last = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.Contains("before the answer was complete", JsonDocument.Parse(last).RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task WaitingStream_SaysNothing_UntilTheEngineAnswers()
    {
        var id = await app.AddModelAsync("late");
        var ready = new TaskCompletionSource();
        app.Starting = async (model, cancellation) =>
        {
            await ready.Task.WaitAsync(cancellation);
            return app.Publish(model, "late", InstancePhase.Running);
        };
        using var answer = await app.Ollama.SendAsync(
            Ask("/api/chat", """{"model":"late","messages":[{"role":"user","content":"hi"}]}""", "stream:2"),
            HttpCompletionOption.ResponseHeadersRead
        ); // begun by a comment
        ready.SetResult();
        app.Starting = null;
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.True(JsonDocument.Parse(lines[^1]).RootElement.GetProperty("done").GetBoolean());
        Assert.Equal(1, app.Starts(id));
    }

    [Fact]
    public async Task NothingAsked_StartsTheModel()
    {
        var id = await app.AddModelAsync("loadable");
        using var answer = await app.Ollama.SendAsync(Ask("/api/generate", """{"model":"loadable"}"""));
        Assert.Equal("load", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("done_reason").GetString());
        Assert.Equal(1, app.Starts(id));
    }

    [Fact]
    public async Task Lists_ShowModels_AndWhichRun()
    {
        await EnsureAsync("lines");
        var id = await app.AddModelAsync("resting");
        var tags = (await app.Ollama.GetFromJsonAsync<JsonElement>("/api/tags"))
            .GetProperty("models")
            .EnumerateArray()
            .Select(model => model.GetProperty("name").GetString())
            .ToList();
        Assert.Contains("resting", tags);
        var running = (await app.Ollama.GetFromJsonAsync<JsonElement>("/api/ps"))
            .GetProperty("models")
            .EnumerateArray()
            .Select(model => model.GetProperty("name").GetString())
            .ToList();
        Assert.Contains("lines", running);
        Assert.DoesNotContain("resting", running);
        using var show = await app.Ollama.PostAsJsonAsync("/api/show", new { model = "resting:latest" });
        var shown = await show.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains("completion", shown.GetProperty("capabilities").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal("gguf", shown.GetProperty("details").GetProperty("format").GetString());
        Assert.Equal(0, app.Starts(id));
    }

    [Fact]
    public async Task RefusedBody_IsRecorded()
    {
        using var answer = await app.Ollama.SendAsync(Ask("/api/generate", "no json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await Until.TrueAsync(
            async () =>
                (await app.GetAsync("/api/stats/history"))
                    .GetProperty("items")
                    .EnumerateArray()
                    .Any(row =>
                        row.GetProperty("endpoint").GetString() == "/api/generate" && row.GetProperty("http_status").GetInt32() == 400
                    ),
            "the refusal is recorded"
        );
    }

    [Theory]
    [InlineData("GET", "/", 200, "Ollama is running")]
    [InlineData("GET", "/api/version", 200, "\"version\":")]
    [InlineData("GET", "/v1/models", 200, "\"object\":\"list\"")]
    [InlineData("POST", "/api/pull", 501, "page Models")]
    [InlineData("GET", "/activity", 404, "not a route")]
    [InlineData("GET", "/api/stats/summary", 404, "not a route")]
    public async Task Port_ServesThisApiOnly(string method, string path, int status, string words)
    {
        using var answer = await app.Ollama.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task OpenAisRoutes_WorkHereToo_AndForeignPagesDoNot()
    {
        await EnsureAsync("lines");
        using var answer = await app.Ollama.SendAsync(ProxyFixture.Post("/v1/chat/completions", ProxyFixture.Chat("lines")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/api/tags");
        foreign.Headers.Add("Origin", "https://evil.example");
        using var refused = await app.Ollama.SendAsync(foreign);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private static HttpRequestMessage Ask(string path, string json, string? stub = null) => ProxyFixture.Post(path, json, stub);

    private async Task EnsureAsync(string name)
    {
        if (!(await app.Ollama.GetStringAsync("/api/tags")).Contains($"\"{name}\"", StringComparison.Ordinal))
            await app.AddRunningAsync(name);
    }
}
