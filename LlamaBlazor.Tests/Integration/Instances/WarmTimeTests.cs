using System.Net.Http.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>How long a model keeps its place, once it is ready: the one setting is obeyed by starts, and told in their refusal.</summary>
public sealed class WarmTimeTests
{
    [LinuxFact]
    [EffectOf("LlamaBlazor:Proxy:MinimumWarmSeconds")]
    public async Task LongWarmTime_KeepsThePlace()
    {
        await using var app = new InstanceHarness();
        app.With("LlamaBlazor:Proxy:MinimumWarmSeconds", "3600");
        var (first, second) = await FillAsync(app);
        var (status, body) = await app.PostAsync($"/api/models/{second}/start");
        Assert.Equal(409, status);
        var reason = Assert.Single(body.GetProperty("reasons").EnumerateArray()).GetProperty("message").GetString();
        Assert.Contains("has run for 3600 seconds", reason);
        Assert.Equal("running", app.Board.Find(first)!.Status);
    }

    [LinuxFact]
    public async Task NoWarmTime_GivesItAtOnce()
    {
        await using var app = new InstanceHarness();
        app.With("LlamaBlazor:Proxy:MinimumWarmSeconds", "0");
        var (first, second) = await FillAsync(app);
        Assert.Equal(202, (await app.PostAsync($"/api/models/{second}/start")).Status);
        await app.WaitForAsync(second, "running");
        await app.WaitForAsync(first, "stopped");
    }

    // A place for one, which is taken.
    private static async Task<(long First, long Second)> FillAsync(InstanceHarness app)
    {
        await app.InitializeAsync();
        using var answer = await app.Http.PatchAsJsonAsync("/api/server-config", new { models_max = 1 });
        answer.EnsureSuccessStatusCode();
        var (first, second) = (await app.AddModelAsync("load-ms=0"), await app.AddModelAsync("load-ms=0"));
        await app.StartAsync(first);
        return (first, second);
    }
}
