using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Instances;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Instances;

public sealed class HealthMonitorTests(CareApp app) : IClassFixture<CareApp>
{
    [LinuxFact]
    public async Task IdleModel_IsStopped_AfterItsTime_ButNotAPinnedOrBusyOne()
    {
        var engine = EngineScript.Write(app.Folder, "load-ms=0");
        var idle = await app.AddModelWithAsync(engine, configure: runtime => runtime.TtlSeconds = 1);
        var pinned = await app.AddModelWithAsync(engine, configure: runtime => (runtime.TtlSeconds, runtime.Pinned) = (1, true));
        var busy = await app.AddModelWithAsync(engine, configure: runtime => runtime.TtlSeconds = 1);
        app.Busy.Add(busy);
        await Task.WhenAll(app.StartAsync(idle), app.StartAsync(pinned), app.StartAsync(busy));
        await app.WaitForAsync(idle, "stopped");
        Assert.Equal(("running", "running"), (app.Board.Find(pinned)!.Status, app.Board.Find(busy)!.Status));
    }

    [LinuxFact]
    [EffectOf("LlamaBlazor:Instances:HangProbeSeconds")]
    public async Task HungEngine_IsFoundByItsSilence_AndRestarted()
    {
        var model = await app.AddModelAsync("load-ms=0", "hang");
        var first = await app.StartAsync(model);
        await Until.TrueAsync(
            () => app.Board.Find(model) is { Status: "error", Reason: { } reason } && reason.Contains("test completions failed"),
            "found hung"
        );
        Assert.False(InstanceHarness.IsAlive(first.Pid!.Value));
        await app.PostAsync($"/api/models/{model}/stop");
    }

    [LinuxFact]
    public async Task EngineThatHangs_WithClientsWaiting_IsFound()
    {
        var model = await app.AddModelAsync("load-ms=0", "hang");
        var first = await app.StartAsync(model);
        app.Busy.Add(model);
        using var http = EngineClient.Of(first);
        var client = http.PostAsync(
            new Uri(first.BaseUrl + "/completion"),
            new StringContent("{\"prompt\":\"a\"}", null, "application/json")
        ); // holds a slot, for ever
        await Until.TrueAsync(
            () => app.Board.Find(model) is { Status: "error", Reason: { } reason } && reason.Contains("nothing moves"),
            "found hung"
        );
        Assert.False(InstanceHarness.IsAlive(first.Pid!.Value));
        await Task.WhenAny(client); // broken off
        await app.PostAsync($"/api/models/{model}/stop");
    }

    [LinuxFact]
    public async Task EngineThatAnswers500_UnderTraffic_IsFound()
    {
        var model = await app.AddModelAsync("load-ms=0", "error-status=500");
        await app.StartAsync(model);
        app.Busy.Add(model); // as with requests that never cease
        await Until.TrueAsync(
            () => app.Board.Find(model) is { Status: "error", Reason: { } reason } && reason.Contains("it answered 500"),
            "found broken"
        );
        await app.PostAsync($"/api/models/{model}/stop");
    }

    [LinuxFact]
    public async Task RequestDuringTheEndOfABrokenEngine_DoesNotStartItAtOnce()
    {
        var model = await app.AddModelAsync("load-ms=0", "hang", "ignore-term");
        await app.StartAsync(model);
        await Until.TrueAsync(() => app.Board.Find(model) is { Status: "stopping" }, "its end");
        var answer = await app.Supervisor.EnsureReadyAsync(model, CancellationToken.None);
        // no restart is allowed here, and the request has not wiped the count
        Assert.Contains("test completions failed", answer.Failure?.Message);
        Assert.Equal("error", app.Board.Find(model)!.Status);
    }

    [LinuxFact]
    public async Task WorkingEngine_IsLeftAlone_ByTheWatchdog()
    {
        var model = await app.AddModelAsync("load-ms=0", "tps=1000");
        var first = await app.StartAsync(model);
        using var client = new LlamaBlazor.Web.Engines.Connections.EngineClient(TimeProvider.System);
        var probe = new HangProbe(client, TimeSpan.FromSeconds(30)); // patient, as a busy machine may need
        Assert.Equal(ProbeAnswer.Works, await probe.AskAsync(first, mayBeAtWork: true, CancellationToken.None));
        Assert.Equal(first.Pid, app.Board.Find(model)!.Pid);
    }

    [LinuxFact]
    public async Task StopOfAnIdleModel_GivesWay_ToARequest()
    {
        var model = await app.AddModelAsync("load-ms=0");
        await app.StartAsync(model);
        app.Busy.Add(model);
        Assert.False((await app.Supervisor.StopIdleAsync(model, CancellationToken.None)).IsSuccess);
        Assert.Equal("running", app.Board.Find(model)!.Status);
    }
}

/// <summary>One whose watchdog is quick, and whose proxy says what the test tells it.</summary>
public sealed class CareApp : InstanceHarness
{
    public CareApp() => With("LlamaBlazor:Instances:HangProbeSeconds", "1").With("LlamaBlazor:Instances:RestartAttempts", "0");

    /// <summary>Models with a request at work.</summary>
    public System.Collections.Concurrent.ConcurrentBag<long> Busy { get; } = [];

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<ReadLoad>(model => new InstanceLoad(Busy.Contains(model) ? 1 : 0, null));
            services.AddSingleton(provider => new HangProbe(
                provider.GetRequiredService<LlamaBlazor.Web.Engines.Connections.EngineClient>(),
                TimeSpan.FromMilliseconds(300)
            ));
        });
    }
}
