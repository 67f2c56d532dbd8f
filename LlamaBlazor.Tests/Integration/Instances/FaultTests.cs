using System.Net;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Tests.Integration.Instances;

public sealed class FaultTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [LinuxFact]
    public async Task EngineThatExitsAtOnce_IsInError_WithItsOwnWords()
    {
        var model = await app.AddModelAsync("exit-at-start=3");
        await app.PostAsync($"/api/models/{model}/start");
        await Until.TrueAsync(() => app.Board.Find(model)?.RuntimeStatus == "failed", "failed after two attempts");
        var failed = app.Board.Find(model)!;
        Assert.Equal(("error", 3), (failed.Status, failed.ExitCode));
        Assert.Contains("simulated failure at start", failed.Reason);
        Assert.Contains(failed.LastLines, line => line.Contains("simulated failure"));
    }

    [LinuxFact]
    public async Task RefusedArgument_IsInErrorAtOnce()
    {
        var engine = EngineScript.WriteRaw(app.Folder, "echo 'error: invalid argument: --frobnicate' >&2; exit 1");
        var model = await app.AddModelWithAsync(engine);
        await app.PostAsync($"/api/models/{model}/start");
        await Until.TrueAsync(() => app.Board.Find(model)?.RuntimeStatus == "failed", "failed");
        Assert.Contains("--frobnicate", app.Board.Find(model)!.Reason);
        var again = await app.Supervisor.EnsureReadyAsync(model, CancellationToken.None);
        Assert.Contains("a moment ago", again.Failure!.Message); // a request does not try a broken model again and again
    }

    [Fact]
    public async Task MissingEngine_IsUnavailable_WithGuidance()
    {
        var model = await app.AddModelWithAsync("/nowhere/llama-server");
        var (status, body) = await app.PostAsync($"/api/models/{model}/start");
        Assert.Equal(503, status);
        Assert.Contains("/nowhere/llama-server", body.GetProperty("detail").GetString());
        Assert.Equal("error", (await app.WaitForAsync(model, "error")).Status);
    }

    [LinuxFact]
    public async Task MissingModelFile_IsExplained_ByTheEngine()
    {
        var model = await app.AddModelWithAsync(EngineScript.Write(app.Folder), "/nowhere/model.gguf");
        await app.PostAsync($"/api/models/{model}/start");
        await Until.TrueAsync(() => app.Board.Find(model)?.RuntimeStatus == "failed", "failed");
        Assert.Contains("failed to open GGUF file '/nowhere/model.gguf'", app.Board.Find(model)!.Reason);
    }

    [LinuxFact]
    [EffectOf("LlamaBlazor:Instances:StopGraceSeconds")]
    public async Task EngineThatIgnoresTerm_IsKilledAfterTheGrace()
    {
        var model = await app.AddModelAsync("load-ms=0", "ignore-term");
        var running = await app.StartAsync(model);
        await app.PostAsync($"/api/models/{model}/stop");
        var stopped = await app.WaitForAsync(model, "stopped");
        Assert.Equal("SIGKILL", stopped.Signal);
        Assert.False(InstanceHarness.IsAlive(running.Pid!.Value));
    }

    [LinuxFact]
    public async Task LogFlood_AndLinesWithoutEnd_DisturbNothing()
    {
        var model = await app.AddModelAsync("load-ms=0", "log-flood=50000", "long-line=1000000");
        var running = await app.StartAsync(model);
        var lines = app.Supervisor.Lines(model);
        Assert.InRange(lines.Count, 1, 500);
        Assert.All(lines, line => Assert.InRange(line.Text.Length, 0, 4200));
        Assert.Equal("running", app.Board.Find(model)!.Status);
        Assert.True((await app.GetAsync($"/api/instances/{running.Id}/logs")).GetProperty("items").GetArrayLength() > 0);
    }

    [LinuxFact]
    public async Task LineWithoutNewline_IsNoObstacle()
    {
        var model = await app.AddModelAsync("load-ms=0", "long-line=200000", "no-newline");
        await app.StartAsync(model);
        await app.PostAsync($"/api/models/{model}/stop");
        await app.WaitForAsync(model, "stopped");
        Assert.Contains(app.Supervisor.Lines(model), line => line.Text.EndsWith("bytes)", StringComparison.Ordinal));
    }

    [LinuxFact]
    public async Task Grandchild_EndsWithTheEngine()
    {
        var model = await app.AddModelWithAsync(
            EngineScript.Write(app.Folder, "load-ms=0", "grandchild"),
            configure: runtime => runtime.RestartPolicy = RestartPolicy.Never
        );
        var running = await app.StartAsync(model);
        Signals.Send(running.Pid!.Value, Signals.Kill);
        await app.WaitForAsync(model, "error");
        Assert.DoesNotContain(
            ProcessTable.FindMarked(ProcessTable.MarkerOf(app.Folder.File("data"), "")),
            pid => File.ReadAllText($"/proc/{pid}/comm").StartsWith("sleep", StringComparison.Ordinal)
        );
    }

    [LinuxFact]
    public async Task Crash_IsRestarted_AfterAPause()
    {
        var model = await app.AddModelAsync("load-ms=0");
        var first = await app.StartAsync(model);
        Signals.Send(first.Pid!.Value, Signals.Kill);
        await Until.TrueAsync(() => app.Board.Find(model) is { RuntimeStatus: "backoff", Signal: "SIGKILL" }, "backoff");
        Assert.Equal("error", app.Board.Find(model)!.Status);
        var second = await app.StartAsync(model); // joins the pause
        Assert.NotEqual(first.Pid, second.Pid);
    }

    [LinuxFact]
    public async Task ModelDeleted_DuringThePause_IsForgotten()
    {
        var model = await app.AddModelAsync("load-ms=0");
        var first = await app.StartAsync(model);
        Signals.Send(first.Pid!.Value, Signals.Kill);
        await Until.TrueAsync(() => app.Board.Find(model) is { RuntimeStatus: "backoff" }, "backoff");
        (await app.Http.DeleteAsync(new Uri($"/api/models/{model}", UriKind.Relative))).EnsureSuccessStatusCode();
        await Until.TrueAsync(() => app.Board.Find(model) is null && app.Supervisor.Lines(model).Count == 0, "no trace of it");
    }

    [LinuxFact]
    [EffectOf("LlamaBlazor:PortRange")]
    public async Task TakenPorts_AreNotUsed_AndNoneLeftIsSaid()
    {
        using var other = QuietPort.Listen();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var crowded = new CrowdedApp(taken);
        await crowded.InitializeAsync();
        var model = await crowded.AddModelAsync("load-ms=0");
        var (status, body) = await crowded.PostAsync($"/api/models/{model}/start");
        Assert.Equal((409, "port"), (status, body.GetProperty("reasons")[0].GetProperty("code").GetString()));
        Assert.Contains($"{taken}-{taken}", body.GetProperty("detail").GetString());
        other.Stop();
        await crowded.PostAsync($"/api/models/{model}/start");
        Assert.Equal(taken, (await crowded.StartAsync(model)).Port);
        await crowded.PostAsync($"/api/models/{model}/restart");
        await Until.TrueAsync(() => crowded.Board.Find(model) is { Status: "running" }, "running again on the only port");
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PortTakenMeanwhile_IsReplacedByAnother_AndIsNoFailedStart(bool isReal)
    {
        var real =
            RealModelFactAttribute.Model is { } file && RealEngineFactAttribute.Engine is { } path ? (Engine: path, Model: file) : default;
        Assert.SkipWhen(isReal && real.Engine is null, "LLAMA_SERVER and LLAMA_MODEL name no engine and model");
        using var other = QuietPort.Listen();
        var starts = app.Folder.File($"starts-{Guid.NewGuid():N}");
        var engine = EngineScript.WriteRaw(
            app.Folder,
            $"""
            case "$*" in *--port*) echo start >> '{starts}' ;; esac
            if [ -f '{starts}' ] && [ "$(wc -l < '{starts}')" -le 2 ]; then
                for word in "$@"; do
                    shift
                    [ "$before" = --port ] && word={((IPEndPoint)other.LocalEndpoint).Port}
                    before=$word
                    set -- "$@" "$word"
                done
            fi
            exec '{(isReal ? real.Engine : EngineScript.Write(app.Folder, "load-ms=0"))}' "$@"
            """
        );
        var model = await app.AddModelWithAsync(engine, isReal ? real.Model : null, runtime => runtime.RestartPolicy = RestartPolicy.Never);
        var running = await app.StartAsync(model);
        using var http = EngineClient.Of(running);
        Assert.True((await http.GetAsync(new Uri(running.BaseUrl + "/health"))).IsSuccessStatusCode);
        Assert.Equal(3, (await File.ReadAllLinesAsync(starts)).Length);
        Assert.Contains(
            app.Supervisor.Lines(model),
            line => line.Text.Contains("couldn't bind HTTP server socket", StringComparison.Ordinal)
        );
        await app.PostAsync($"/api/models/{model}/stop");
    }

    [LinuxFact]
    public async Task AnotherProgramOnThePort_IsNotTakenForTheEngine()
    {
        // The engine takes another port than it was given; who answers on the given one is a stranger that calls itself healthy.
        using var stranger = new HttpListener();
        var engine = EngineScript.WriteRaw(app.Folder, "sleep 300");
        var model = await app.AddModelWithAsync(engine);
        await app.PostAsync($"/api/models/{model}/start");
        var port = app.Board.Find(model)!.Port!.Value;
        stranger.Prefixes.Add($"http://127.0.0.1:{port}/");
        stranger.Start();
        for (var asked = 0; asked < 3; asked++)
            (await stranger.GetContextAsync()).Response.Close();
        Assert.Equal("loading", app.Board.Find(model)!.Status);
        await app.PostAsync($"/api/models/{model}/stop");
        await app.WaitForAsync(model, "stopped");
    }
}
