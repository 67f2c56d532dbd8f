using System.Net.Http.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Engines;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>The watchdog while real requests flow through the endpoint without a pause.</summary>
public sealed class TrafficTests(TrafficTests.App app) : IClassFixture<TrafficTests.App>
{
    /// <summary>A quick watchdog; everything else as it is.</summary>
    public sealed class App : InstanceHarness
    {
        public App() => With("LlamaBlazor:Instances:HangProbeSeconds", "1").With("LlamaBlazor:Instances:RestartAttempts", "0");

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureTestServices(services =>
                services.AddSingleton(provider => new HangProbe(
                    provider.GetRequiredService<LlamaBlazor.Web.Engines.Connections.EngineClient>(),
                    TimeSpan.FromMilliseconds(500)
                ))
            );
        }
    }

    [LinuxFact]
    public async Task EngineThatOnlyFails_IsFound_ThoughRequestsNeverCease()
    {
        var model = await app.AddModelAsync("load-ms=0", "error-status=500");
        await app.StartAsync(model);
        var seen = 0;
        await FlowAsync(
            model,
            status => Interlocked.Add(ref seen, status >= 500 ? 1 : 0),
            () => app.Board.Find(model) is { Status: "error", Reason: { } reason } && reason.Contains("test completions failed")
        );
        Assert.True(seen > 3, "the requests failed with it");
        await app.PostAsync($"/api/models/{model}/stop");
    }

    [LinuxFact]
    public async Task EngineThatAnswers_IsLeftAlone_WhileAnotherIsFound()
    {
        var (good, bad) = (await app.AddModelAsync("load-ms=0", "tps=2000"), await app.AddModelAsync("load-ms=0", "hang"));
        var running = await app.StartAsync(good);
        await app.StartAsync(bad);
        // As long as the watchdog needs for the one that hangs, the other one is asked by clients.
        await FlowAsync(good, status => Assert.Equal(200, status), () => app.Board.Find(bad) is { Status: "error" });
        Assert.Equal(("running", running.Pid), (app.Board.Find(good)!.Status, app.Board.Find(good)!.Pid));
        await app.PostAsync($"/api/models/{good}/stop");
        await app.PostAsync($"/api/models/{bad}/stop");
    }

    // Two clients, each with its next request as soon as it has an answer.
    private Task FlowAsync(long model, Action<int> answered, Func<bool> isOver)
    {
        var name = app.Board.Find(model)!.Model;
        return Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(_ =>
                    Until.TrueAsync(
                        async () =>
                        {
                            if (isOver())
                                return true;
                            using var answer = await app.Http.PostAsJsonAsync(
                                "/v1/completions",
                                new
                                {
                                    model = name,
                                    prompt = "a",
                                    max_tokens = 2,
                                }
                            );
                            if (!isOver())
                                answered((int)answer.StatusCode);
                            return isOver();
                        },
                        "the watchdog has found it"
                    )
                )
        );
    }
}
