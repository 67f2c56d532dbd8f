using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>Engines as people wrap them: a script that sets variables and runs the real one as its child; one that loads for long; one
/// that the system kills.</summary>
public sealed class WrapperTests(WrapperTests.App app) : IClassFixture<WrapperTests.App>
{
    public sealed class App : InstanceHarness
    {
        public App() => With("LlamaBlazor:Instances:RestartAttempts", "1").With("LlamaBlazor:Instances:HangProbeSeconds", "1");
    }

    [LinuxFact]
    public async Task EngineAsAChild_IsAsked_Runs_AndEndsWithItsScript()
    {
        var wrapper = Wrap(EngineScript.Write(app.Folder, "load-ms=0"));
        var model = await app.AddModelWithAsync(wrapper);
        var engine = (await app.GetAsync("/api/engines"))
            .GetProperty("items")
            .EnumerateArray()
            .Single(item => item.GetProperty("path").GetString() == wrapper);
        Assert.True(engine.GetProperty("flag_count").GetInt32() > 50, engine.GetRawText());
        var running = await app.StartAsync(model);
        var family = ProcessTable.Family(running.Pid!.Value).ToList();
        Assert.True(family.Count > 1, "the engine is a child of its script");
        using var answer = await app.Http.GetAsync($"/props?model={running.Model}");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await app.PostAsync($"/api/models/{model}/stop");
        await app.WaitForAsync(model, "stopped");
        await Until.TrueAsync(() => !family.Exists(InstanceHarness.IsAlive), "script and engine are gone");
    }

    [LinuxFact]
    public async Task EngineAsAChild_ThatIsKilled_IsSaidToBeKilled()
    {
        var model = await app.AddModelWithAsync(
            Wrap(EngineScript.Write(app.Folder, "load-ms=0")),
            configure: runtime => runtime.RestartPolicy = RestartPolicy.Never
        );
        var running = await app.StartAsync(model);
        var engine = ProcessTable
            .Family(running.Pid!.Value)
            .Single(pid => PortOwner.Find(running.Port!.Value) is { } socket && PortOwner.Holds(pid, socket));
        Assert.NotEqual(running.Pid, engine);
        Signals.Send(engine, Signals.Kill);
        var ended = await app.WaitForAsync(model, "error");
        Assert.Equal("SIGKILL", ended.Signal);
        Assert.Contains("memory ran out", ended.Reason);
        await Until.TrueAsync(() => !InstanceHarness.IsAlive(running.Pid.Value), "the script is gone too");
    }

    [LinuxFact]
    public async Task LongLoad_IsNoHang_AndARequestWaitsForIt()
    {
        var model = await app.AddModelWithAsync(
            EngineScript.Write(app.Folder, "load-ms=4000"), // four times the hang probe's interval
            configure: runtime => runtime.StartLimitSeconds = 60
        );
        await app.PostAsync($"/api/models/{model}/start");
        var first = await app.WaitForAsync(model, "loading");
        using var answer = await app.Http.GetAsync($"/props?model={first.Model}");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var running = app.Board.Find(model)!;
        Assert.NotNull(first.Pid);
        Assert.Equal(("running", first.Pid, first.Id), (running.Status, running.Pid, running.Id));
    }

    [LinuxFact]
    public async Task EngineThatTheSystemKills_IsTriedAgain_AndThenInError_WithTheLikelyReason()
    {
        var engine = EngineScript.Write(app.Folder, "load-ms=0");
        var killed = EngineScript.WriteRaw(
            app.Folder,
            $"""
            for last in "$@"; do :; done
            case "$last" in --version|--help|--list-devices) ;; *) (sleep 1; kill -9 $$) & ;; esac
            exec '{engine}' "$@"
            """
        );
        var model = await app.AddModelWithAsync(killed);
        await app.PostAsync($"/api/models/{model}/start");
        await Until.TrueAsync(
            () => app.Board.Find(model) is { RuntimeStatus: "backoff", Signal: "SIGKILL" },
            "the pause after the first end"
        );
        await Until.TrueAsync(() => app.Board.Find(model) is { RuntimeStatus: "failed", Signal: "SIGKILL" }, "no further attempt");
        Assert.Contains("memory ran out", app.Board.Find(model)!.Reason);
        Assert.Equal("error", app.Board.Find(model)!.Status);
    }

    // No exec: the script stays, as its child's parent.
    private string Wrap(string engine) =>
        EngineScript.WriteRaw(
            app.Folder,
            $"""
            export LD_LIBRARY_PATH=/opt/of-a-driver/lib:$LD_LIBRARY_PATH
            '{engine}' "$@"
            """
        );
}
