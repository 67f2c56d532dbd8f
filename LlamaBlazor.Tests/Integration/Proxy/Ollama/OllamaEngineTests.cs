using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Proxy.Ollama;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Proxy.Ollama;

/// <summary>The same with engines that are processes.</summary>
public sealed class OllamaApp : InstanceHarness
{
    public OllamaApp() => With("LlamaBlazor:Ollama:Enabled", "true").With("LlamaBlazor:Ollama:Port", "0");

    /// <summary>A client of the port.</summary>
    public HttpClient Ollama => field ??= new HttpClient { BaseAddress = Services.GetRequiredService<OllamaListener>().Address };

    /// <summary>Asks for a chat and returns its lines.</summary>
    public async Task<List<JsonElement>> ChatAsync(string model, object? keepAlive = null)
    {
        using var answer = await Ollama.PostAsJsonAsync(
            "/api/chat",
            new
            {
                model,
                keep_alive = keepAlive,
                messages = new[] { new { role = "user", content = "hi" } },
                options = new { num_predict = 4 },
            }
        );
        return
        [
            .. (await answer.Content.ReadAsStringAsync())
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement),
        ];
    }
}

public sealed class OllamaEngineTests(OllamaApp app) : IClassFixture<OllamaApp>
{
    [LinuxFact]
    public async Task Chat_StartsTheEngine_AndKeepAliveLetsItGo()
    {
        var id = await app.AddModelAsync("load-ms=0", "tps=2000");
        var name = (await app.GetAsync($"/api/models/{id}")).GetProperty("name").GetString()!;
        var lines = await app.ChatAsync(name, keepAlive: 0);
        Assert.Equal(("length", 4), (lines[^1].GetProperty("done_reason").GetString(), lines[^1].GetProperty("eval_count").GetInt32()));
        await app.WaitForAsync(id, "stopped");
    }

    [LinuxFact]
    public async Task PinnedModel_StaysInSpiteOfKeepAlive()
    {
        var id = await app.AddModelWithAsync(
            EngineScript.Write(app.Folder, "load-ms=0", "tps=2000"),
            configure: runtime => runtime.Pinned = true
        );
        var other = await app.AddModelAsync("load-ms=0", "tps=2000");
        Assert.True((await app.ChatAsync(await NameAsync(id), keepAlive: 0))[^1].TryGetProperty("done_reason", out _));
        Assert.True((await app.ChatAsync(await NameAsync(other), keepAlive: 0))[^1].TryGetProperty("done_reason", out _));
        await app.WaitForAsync(other, "stopped"); // what was said later has had its effect
        Assert.Equal("running", app.Board.Find(id)!.Status);
    }

    [RealModelFact]
    public async Task RealEngine_AnswersOllamasClients()
    {
        var name = await NameAsync(await app.AddModelWithAsync(RealEngineFactAttribute.Engine, RealModelFactAttribute.Model));
        var lines = await app.ChatAsync(name);
        Assert.True(lines[^1].TryGetProperty("done_reason", out _), lines[^1].ToString());
        Assert.Equal(("length", 4), (lines[^1].GetProperty("done_reason").GetString(), lines[^1].GetProperty("eval_count").GetInt32()));
        Assert.NotEqual("", string.Concat(lines.Select(line => line.GetProperty("message").GetProperty("content").GetString())));
        Assert.True(lines[^1].GetProperty("prompt_eval_count").GetInt32() > 0);
        using var generated = await app.Ollama.PostAsJsonAsync(
            "/api/generate",
            new
            {
                model = name,
                prompt = "once",
                raw = true,
                stream = false,
                options = new { num_predict = 3, seed = 1 },
            }
        );
        var reply = await generated.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(reply.TryGetProperty("eval_count", out var count), reply.ToString());
        Assert.Equal(3, count.GetInt32());
        Assert.Contains(
            (await app.Ollama.GetFromJsonAsync<JsonElement>("/api/ps")).GetProperty("models").EnumerateArray(),
            model => model.GetProperty("name").GetString() == name
        );
    }

    private async Task<string> NameAsync(long id) => (await app.GetAsync($"/api/models/{id}")).GetProperty("name").GetString()!;
}
