using System.Net;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Integration.Proxy;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Cache;

/// <summary>Engines that are processes, with the cache on.</summary>
public sealed class CachedEngines : InstanceHarness
{
    public CachedEngines() => With("LlamaBlazor:Cache:Enabled", "true");
}

/// <summary>An answer is filed under the settings its engine was started with, or not at all.</summary>
public sealed class LaunchedIdentityTests(CachedEngines app) : IClassFixture<CachedEngines>
{
    [LinuxFact]
    public async Task AnswersOfAnEngine_WithOlderSettings_AreNeitherKeptNorServed()
    {
        var engine = EngineScript.Write(app.Folder, "load-ms=0", "tps=2000");
        var id = await app.AddModelWithAsync(engine);
        var name = (await app.GetAsync($"/api/models/{id}")).GetProperty("name").GetString()!;
        await app.StartAsync(id);
        Assert.Equal("MISS", await AskAsync(name));
        await Until.TrueAsync(async () => await EntriesAsync(name) == 1, "the answer is kept");
        Assert.Equal("HIT", await AskAsync(name));

        using var saved = await app.Http.PatchAsync(
            $"/api/models/{id}/config/sampling",
            new StringContent("""{"top_k":7}""", null, "application/json")
        );
        Assert.True(saved.IsSuccessStatusCode);
        Assert.Equal("BYPASS", await AskAsync(name)); // it still runs without
        Assert.Equal(202, (await app.PostAsync($"/api/models/{id}/apply")).Status);
        await app.StartAsync(id);
        Assert.Equal("MISS", await AskAsync(name));
        await Until.TrueAsync(async () => await EntriesAsync(name) == 2, "the new answer is kept beside the old one");

        File.SetLastWriteTimeUtc(engine, DateTime.UnixEpoch.AddYears(100)); // another program under the same name
        await app.Supervisor.StopAsync(id, CancellationToken.None);
        await app.WaitForAsync(id, "stopped");
        Assert.NotEqual("HIT", await AskAsync(name));
    }

    private async Task<int> EntriesAsync(string model) =>
        (await app.GetAsync($"/api/cache?model={model}")).GetProperty("items").GetArrayLength();

    private async Task<string> AskAsync(string model)
    {
        using var answer = await app.Http.SendAsync(
            ProxyFixture.Post(
                "/v1/chat/completions",
                JsonSerializer.Serialize(
                    new
                    {
                        model,
                        temperature = 0,
                        max_tokens = 3,
                        messages = new[] { new { role = "user", content = "hi" } },
                    }
                )
            )
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.GetValues("X-Llama-Cache").Single();
    }
}
