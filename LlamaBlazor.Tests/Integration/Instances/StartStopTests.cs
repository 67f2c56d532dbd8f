using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Instances;

public sealed class StartStopTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [LinuxFact]
    public async Task Start_WaitReady_Stop()
    {
        var model = await app.AddModelAsync("load-ms=50");
        var (status, body) = await app.PostAsync($"/api/models/{model}/start");
        Assert.Equal(202, status);
        Assert.Equal("loading", body.GetProperty("status").GetString());
        var running = await app.WaitForAsync(model, "running");
        using var http = new HttpClient();
        Assert.Contains("\"ok\"", await http.GetStringAsync(new Uri(running.BaseUrl + "/health")));
        Assert.Equal(200, (await app.PostAsync($"/api/models/{model}/start")).Status);
        Assert.Equal("running", (await app.GetAsync($"/api/instances/{running.Id}")).GetProperty("status").GetString());
        await Until.TrueAsync(async () => await app.StatusInDatabaseAsync(model) == ("running", "running"), "running in the database");

        Assert.Equal(202, (await app.PostAsync($"/api/models/{model}/stop")).Status);
        await app.WaitForAsync(model, "stopped");
        Assert.False(InstanceHarness.IsAlive(running.Pid!.Value));
        Assert.Equal(200, (await app.PostAsync($"/api/models/{model}/stop")).Status);
        await Until.TrueAsync(async () => await app.StatusInDatabaseAsync(model) == ("stopped", "stopped"), "stopped in the database");
    }

    [LinuxFact]
    public async Task Starts_AtOnce_AreJoined()
    {
        var model = await app.AddModelAsync("load-ms=200");
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.StartAsync(model)));
        Assert.Single(all.Select(instance => instance.Pid).Distinct());
    }

    [LinuxFact]
    public async Task Stop_WhileLoading_EndsTheProcess_AndTellsWhoWaits()
    {
        var model = await app.AddModelAsync("never-ready");
        var waiting = app.Supervisor.EnsureReadyAsync(model, CancellationToken.None);
        await Until.TrueAsync(() => app.Board.Find(model)?.Pid is not null, "a process");
        var pid = app.Board.Find(model)!.Pid!.Value;
        await app.PostAsync($"/api/models/{model}/stop");
        Assert.Contains("stopped", (await waiting).Failure!.Message);
        Assert.False(InstanceHarness.IsAlive(pid));
    }

    [LinuxFact]
    public async Task Restart_MakesAnotherProcess()
    {
        var model = await app.AddModelAsync("load-ms=0");
        var first = await app.StartAsync(model);
        Assert.Equal(202, (await app.PostAsync($"/api/models/{model}/restart")).Status);
        await app.WaitForAnotherProcessAsync(model, first);
        Assert.False(InstanceHarness.IsAlive(first.Pid!.Value));
    }

    [LinuxFact]
    public async Task StartDuringStop_StartsAgain()
    {
        var model = await app.AddModelAsync("load-ms=0", "ignore-term");
        var first = await app.StartAsync(model);
        await app.PostAsync($"/api/models/{model}/stop");
        var second = await app.StartAsync(model);
        Assert.NotEqual(first.Pid, second.Pid);
    }

    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("restart")]
    public async Task UnknownModel_Is404(string command) =>
        Assert.Equal(404, (await app.PostAsync($"/api/models/nobody/{command}")).Status);

    [Fact]
    public async Task UnknownInstance_Is404_AndBadLimit422()
    {
        Assert.Equal(404, (int)(await app.Http.GetAsync("/api/instances/987654")).StatusCode);
        Assert.Equal(422, (int)(await app.Http.GetAsync("/api/instances?limit=0")).StatusCode);
        Assert.Equal(422, (int)(await app.Http.GetAsync("/api/instances?after=x")).StatusCode);
    }
}
