using System.Net;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>Engines that are processes, and little patience.</summary>
public sealed class StarvationApp : InstanceHarness
{
    public StarvationApp() => With("LlamaBlazor:Proxy:StarvationSeconds", "1").With("LlamaBlazor:Proxy:MinimumWarmSeconds", "1");
}

/// <summary>A model that is asked without a pause gives its place up when another has starved, and not for one that would not take
/// it.</summary>
public sealed class StarvationTests(StarvationApp app) : IClassFixture<StarvationApp>
{
    [LinuxFact]
    [EffectOf("LlamaBlazor:Proxy:StarvationSeconds")]
    public async Task ModelThatIsNeverIdle_IsDrained_ForTheOneThatStarves()
    {
        using var saved = await app.Http.PatchAsync(
            "/api/server-config",
            new StringContent("""{"models_max":1}""", null, "application/json")
        );
        Assert.True(saved.IsSuccessStatusCode);
        var engine = EngineScript.Write(app.Folder, "load-ms=0", "tps=30");
        var (first, second) = (
            await NameOfAsync(await app.AddModelWithAsync(engine)),
            await NameOfAsync(await app.AddModelWithAsync(engine))
        );
        using var enough = new CancellationTokenSource();
        var busy = Enumerable.Range(0, 3).Select(_ => KeepAskingAsync(first, enough.Token)).ToList();
        await Until.TrueAsync(
            () => app.Board.ByModel.Values.Any(instance => instance.Model == first && instance.Status == "running"),
            "the first runs"
        );

        using var answer = await app.Http.SendAsync(
            ProxyFixture.Post("/v1/chat/completions", Question(second, 3)),
            new CancellationTokenSource(TimeSpan.FromSeconds(40)).Token
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await enough.CancelAsync();
        Assert.True((await Task.WhenAll(busy)).Sum() >= 3); // those under way were finished, not cut
    }

    // Streams without a pause, each until its end. Returns how many ended well.
    private async Task<int> KeepAskingAsync(string model, CancellationToken enough)
    {
        for (var finished = 0; ; finished++)
        {
            try
            {
                using var answer = await app.Http.SendAsync(ProxyFixture.Post("/v1/chat/completions", Question(model, 40)), enough);
                Assert.EndsWith("data: [DONE]\n\n", await answer.Content.ReadAsStringAsync(enough));
            }
            catch (OperationCanceledException)
            {
                return finished;
            }
        }
    }

    private async Task<string> NameOfAsync(long id) => (await app.GetAsync($"/api/models/{id}")).GetProperty("name").GetString()!;

    private static string Question(string model, int tokens) =>
        JsonSerializer.Serialize(
            new
            {
                model,
                stream = tokens > 3,
                max_tokens = tokens,
                messages = new[] { new { role = "user", content = "hi" } },
            }
        );
}
