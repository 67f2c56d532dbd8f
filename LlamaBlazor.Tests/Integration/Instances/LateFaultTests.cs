using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>Faults that come later, or from around the engine. A short limit for starts, so that a slow one is seen soon.</summary>
public sealed class LateFaultTests(LateFaultTests.App app) : IClassFixture<LateFaultTests.App>
{
    [LinuxFact]
    [EffectOf("LlamaBlazor:Instances:RestartAttempts")]
    public async Task EngineThatExitsLater_IsTriedAgain_AndThenInError_WithItsCode()
    {
        var model = await app.AddModelAsync("load-ms=0", "exit-after-ms=200", "exit-code=7");
        await app.PostAsync($"/api/models/{model}/start");
        await Until.TrueAsync(() => app.Board.Find(model) is { RuntimeStatus: "backoff", ExitCode: 7 }, "the pause after the first end");
        await Until.TrueAsync(() => app.Board.Find(model) is { RuntimeStatus: "failed", ExitCode: 7 }, "no further attempt");
        Assert.Contains("exit code 7", app.Board.Find(model)!.Reason);
    }

    [LinuxFact]
    [EffectOf("LlamaBlazor:Instances:StartLimitSeconds")]
    public async Task SlowLoad_PastTheLimit_IsEnded_AndSaid()
    {
        var other = await app.StartAsync(await app.AddModelAsync("load-ms=0"));
        var model = await app.AddModelAsync("never-ready");
        await app.PostAsync($"/api/models/{model}/start");
        var loading = app.Board.Find(model)!;
        await Until.TrueAsync(() => app.Board.Find(model)?.RuntimeStatus == "failed", "failed at the limit");
        Assert.Contains("StartLimitSeconds", app.Board.Find(model)!.Reason);
        Assert.False(InstanceHarness.IsAlive(loading.Pid!.Value));
        Assert.Equal(("running", other.Pid), (app.Board.Find(other.ModelId)!.Status, app.Board.Find(other.ModelId)!.Pid));
    }

    [LinuxFact]
    public async Task EngineThatAnswers500_IsFound_AndRestarted()
    {
        var model = await app.AddModelAsync("load-ms=0", "error-status=500");
        var first = await app.StartAsync(model);
        await Until.TrueAsync(
            () => app.Board.Find(model) is { Reason: { } reason } && reason.Contains("it answered 500"),
            "found by the watchdog"
        );
        await Until.TrueAsync(() => !InstanceHarness.IsAlive(first.Pid!.Value), "its end");
        await app.PostAsync($"/api/models/{model}/stop");
    }

    [LinuxFact]
    public async Task BinaryReplaced_WhileItRuns_CountsFromTheNextStart()
    {
        var engine = EngineScript.Write(app.Folder, "load-ms=0");
        var model = await app.AddModelWithAsync(engine);
        var first = await app.StartAsync(model);
        var other = EngineScript.WriteRaw(app.Folder, "echo 'error: invalid argument: --new-engine' >&2; exit 1");
        File.Move(other, engine, overwrite: true);
        Assert.Equal(first.Pid, app.Board.Find(model)!.Pid);
        await app.PostAsync($"/api/models/{model}/restart");
        await Until.TrueAsync(() => app.Board.Find(model)?.RuntimeStatus == "failed", "the new engine's refusal");
        Assert.Contains("--new-engine", app.Board.Find(model)!.Reason);
    }

    [LinuxFact]
    public async Task ModelFileRemoved_WhileItRuns_DisturbsNothing_UntilTheNextStart()
    {
        var file = app.Folder.File($"{Guid.NewGuid():N}.gguf");
        await File.WriteAllBytesAsync(file, [.. "GGUF"u8, 3, 0, 0, 0]);
        var model = await app.AddModelWithAsync(EngineScript.Write(app.Folder, "load-ms=0"), file);
        var first = await app.StartAsync(model);
        File.Delete(file);
        Assert.Equal(("running", first.Pid), (app.Board.Find(model)!.Status, app.Board.Find(model)!.Pid));
        await app.PostAsync($"/api/models/{model}/restart");
        await Until.TrueAsync(() => app.Board.Find(model)?.RuntimeStatus == "failed", "failed");
        Assert.Contains(file, app.Board.Find(model)!.Reason);
    }

    [LinuxFact]
    public async Task EngineWithoutPermission_IsSaid_WithTheWayToGiveIt()
    {
        var engine = EngineScript.Write(app.Folder);
        var model = await app.AddModelWithAsync(engine);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(engine, UnixFileMode.UserRead);
        var (status, body) = await app.PostAsync($"/api/models/{model}/start");
        Assert.Equal(503, status);
        Assert.Contains($"chmod +x \"{engine}\"", body.GetProperty("detail").GetString());
        Assert.Equal(InstancePhase.Failed.RuntimeStatus(), app.Board.Find(model)!.RuntimeStatus);
    }

    public sealed class App : InstanceHarness
    {
        public App() =>
            With("LlamaBlazor:Instances:StartLimitSeconds", "10")
                .With("LlamaBlazor:Instances:RestartAttempts", "1")
                .With("LlamaBlazor:Instances:HangProbeSeconds", "1");
    }
}
