using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>Places for two models at a time, over real processes.</summary>
public sealed class AdmissionTests : IAsyncLifetime
{
    private InstanceHarness _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = new InstanceHarness();
        await _app.InitializeAsync();
        using var answer = await _app.Http.PatchAsJsonAsync("/api/server-config", new { models_max = 2 });
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [LinuxFact]
    public async Task FullHouse_OfPinnedModels_Refuses_WithReasons_AndDryRunSaysSo()
    {
        var third = await FillAsync(pinned: true);
        var (status, body) = await _app.PostAsync($"/api/models/{third}/start");
        Assert.Equal(409, status);
        var reason = Assert.Single(body.GetProperty("reasons").EnumerateArray());
        Assert.Equal("models_max", reason.GetProperty("code").GetString());
        Assert.Equal("stopped", _app.Board.Find(third)!.Status); // it has not failed, it was not begun
        var (_, preview) = await _app.PostAsync($"/api/models/{third}/start?dry_run=true");
        Assert.False(preview.GetProperty("admitted").GetBoolean());
        using var asked = await _app.Http.PostAsJsonAsync("/api/admission", new { model = third.ToString() });
        Assert.False((await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("admitted").GetBoolean());
    }

    [LinuxFact]
    public async Task Force_StartsAnyway_AndIsAudited()
    {
        var third = await FillAsync(pinned: true);
        Assert.Equal(202, (await _app.PostAsync($"/api/models/{third}/start?force=true")).Status);
        await _app.WaitForAsync(third, "running");
        await using var context = await _app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        Assert.Equal(1, await context.Set<AuditRow>().CountAsync(row => row.Action == "start_forced"));
    }

    [LinuxFact]
    public async Task Waiting_TakesThePlace_ThatBecomesFree()
    {
        var third = await FillAsync(pinned: true);
        var (status, body) = await _app.PostAsync($"/api/models/{third}/start?wait=60");
        Assert.Equal((202, "pending"), (status, body.GetProperty("runtime_status").GetString()));
        var first = _app.Board.Active.First(instance => instance.Status == "running");
        await _app.PostAsync($"/api/models/{first.ModelId}/stop");
        await _app.WaitForAsync(third, "running");
    }

    [LinuxFact]
    public async Task Line_IsOrderedByPriority_AndToldWithItsPlaces()
    {
        var low = await FillAsync(pinned: true);
        var high = await _app.AddModelWithAsync(
            EngineScript.Write(_app.Folder, "load-ms=0"),
            configure: runtime => (runtime.QueuePriority, runtime.Pinned) = (5, true)
        );
        await _app.PostAsync($"/api/models/{low}/start?wait=60");
        Assert.Equal(1, _app.Board.Find(low)!.Place);
        await _app.PostAsync($"/api/models/{high}/start?wait=60");
        await Until.TrueAsync(() => (_app.Board.Find(low)!.Place, _app.Board.Find(high)!.Place) is (2, 1), "the places");
        await _app.PostAsync($"/api/models/{_app.Board.Active.First(instance => instance.Status == "running").ModelId}/stop");
        await _app.WaitForAsync(high, "running");
        Assert.Equal("pending", _app.Board.Find(low)!.RuntimeStatus);
    }

    [LinuxFact]
    public async Task LaterWord_ReplacesTheWishOfAStartThatWaits()
    {
        var third = await FillAsync(pinned: true);
        await _app.PostAsync($"/api/models/{third}/start?wait=60");
        Assert.Equal(409, (await _app.PostAsync($"/api/models/{third}/start")).Status); // now, or not at all
        await _app.WaitForAsync(third, "stopped");
        await _app.PostAsync($"/api/models/{third}/start?wait=60");
        Assert.Equal(202, (await _app.PostAsync($"/api/models/{third}/start?force=true")).Status);
        var forced = await _app.WaitForAsync(third, "running");
        // Force was for that start only: a restart asks again.
        await _app.PostAsync($"/api/models/{third}/restart");
        await Until.TrueAsync(
            () => _app.Board.Find(third) is { Status: "stopped", Reason: { } reason } && reason.Contains("models are loading or running"),
            "refused"
        );
        Assert.False(InstanceHarness.IsAlive(forced.Pid!.Value));
    }

    [LinuxFact]
    public async Task Requests_OutliveTheRefusalOfTheStartTheyJoined()
    {
        var third = await FillAsync(pinned: true);
        var stages = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var seen = _app.Board.Changes.Subscribe(change => stages.Add(change.ModelId == third ? change.Status : ""));
        await _app.PostAsync($"/api/models/{third}/start?wait=1");
        var request = _app.Supervisor.EnsureReadyAsync(third, CancellationToken.None);
        await Until.TrueAsync(() => stages.Contains("stopped"), "the refusal after a second");
        Assert.False(request.IsCompleted);
        await _app.PostAsync($"/api/models/{_app.Board.Active.First(instance => instance.Status == "running").ModelId}/stop");
        Assert.True((await request).IsSuccess);
    }

    [LinuxFact]
    public async Task Force_StopsIdleOnes_WhereThatIsPossible()
    {
        var third = await FillAsync(pinned: false);
        await Until.TrueAsync(
            async () => (await _app.PostAsync($"/api/models/{third}/start?dry_run=true")).Body.GetProperty("admitted").GetBoolean(),
            "the end of the warm time"
        );
        await _app.PostAsync($"/api/models/{third}/start?force=true");
        await _app.WaitForAsync(third, "running");
        Assert.Equal(2, _app.Board.Active.Count());
    }

    [LinuxFact]
    public async Task UnknownProject_IsSaid_AndItsNameMayBeWrittenAnyWay()
    {
        var engine = EngineScript.Write(_app.Folder, "load-ms=0");
        var model = await _app.AddModelWithAsync(engine, configure: runtime => runtime.Project = "Nowhere");
        var (status, body) = await _app.PostAsync($"/api/models/{model}/start");
        Assert.Equal((422, true), (status, body.GetProperty("errors").TryGetProperty("project", out _)));
        await WriteAsync(context => context.Add(new ProjectQuotaRow { ProjectPath = "nowhere", MaxContainers = 0 }));
        Assert.Equal(
            "quota",
            (await _app.PostAsync($"/api/models/{model}/start")).Body.GetProperty("reasons")[0].GetProperty("code").GetString()
        );
    }

    [LinuxFact]
    public async Task RequestThatLeaves_WithdrawsItsPendingStart()
    {
        var third = await FillAsync(pinned: true);
        using var client = new CancellationTokenSource();
        var waiting = _app.Supervisor.EnsureReadyAsync(third, client.Token);
        await Until.TrueAsync(() => _app.Board.Find(third)?.RuntimeStatus == "pending", "pending");
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await _app.WaitForAsync(third, "stopped");
    }

    [LinuxFact]
    public async Task IdleModels_MakeRoom_TheLongestIdleFirst()
    {
        var third = await FillAsync(pinned: false);
        var oldest = _app.Board.Active.OrderBy(instance => instance.ReadyAt).First();
        // Just started ones are left in peace for a moment: a patient start waits for that.
        var running = await _app.Supervisor.EnsureReadyAsync(third, CancellationToken.None);
        Assert.True(running.IsSuccess, running.Failure?.Message);
        Assert.False(_app.Board.Find(oldest.ModelId)!.IsActive);
        Assert.False(InstanceHarness.IsAlive(oldest.Pid!.Value));
        Assert.Equal(2, _app.Board.Active.Count());
    }

    [LinuxFact]
    public async Task Evict_CanBeForbidden()
    {
        var third = await FillAsync(pinned: false);
        Assert.Equal(409, (await _app.PostAsync($"/api/models/{third}/start?evict=false")).Status);
        Assert.Equal(422, (await _app.PostAsync($"/api/models/{third}/start?wait=-1")).Status);
    }

    [LinuxFact]
    public async Task Quota_OfAProject_IsKept()
    {
        await WriteAsync(context => context.Add(new ProjectQuotaRow { ProjectPath = "team", MaxContainers = 1 }));
        var engine = EngineScript.Write(_app.Folder, "load-ms=0");
        var first = await _app.AddModelWithAsync(engine, configure: runtime => (runtime.Project, runtime.Pinned) = ("team", true));
        var second = await _app.AddModelWithAsync(engine, configure: runtime => runtime.Project = "team");
        await _app.StartAsync(first);
        var (status, body) = await _app.PostAsync($"/api/models/{second}/start");
        Assert.Equal((409, "quota"), (status, body.GetProperty("reasons")[0].GetProperty("code").GetString()));
    }

    [LinuxFact]
    public async Task FullProject_MakesRoom_WithItsOwnIdleModel_NotWithAnothers()
    {
        using var patched = await _app.Http.PatchAsJsonAsync("/api/server-config", new { models_max = 0 });
        await WriteAsync(context => context.Add(new ProjectQuotaRow { ProjectPath = "team", MaxContainers = 1 }));
        var engine = EngineScript.Write(_app.Folder, "load-ms=0");
        var others = await _app.AddModelWithAsync(engine);
        var (first, second) = (
            await _app.AddModelWithAsync(engine, configure: runtime => runtime.Project = "team"),
            await _app.AddModelWithAsync(engine, configure: runtime => runtime.Project = "TEAM")
        );
        await _app.StartAsync(others); // idle longest
        var old = await _app.StartAsync(first);
        await _app.StartAsync(second); // waits for the end of the other's warm time
        Assert.False(InstanceHarness.IsAlive(old.Pid!.Value));
        Assert.Equal(("stopped", "running"), (_app.Board.Find(first)!.Status, _app.Board.Find(others)!.Status));
    }

    [LinuxFact]
    public async Task Line_IsFirstInFirstOut_AmongEquals()
    {
        var starts = new System.Collections.Concurrent.ConcurrentQueue<long>();
        var waiting = new List<long> { await FillAsync(pinned: true) };
        var engine = EngineScript.Write(_app.Folder, "load-ms=0");
        for (var i = 0; i < 2; i++)
            waiting.Add(await _app.AddModelWithAsync(engine));
        foreach (var model in waiting)
        {
            await _app.PostAsync($"/api/models/{model}/start?wait=60&evict=false");
            await Until.TrueAsync(() => _app.Board.Find(model)?.Place == waiting.IndexOf(model) + 1, "its place at the end");
        }

        using var seen = _app.Board.Changes.Subscribe(change =>
        {
            if (change.Status == "running" && waiting.Contains(change.ModelId) && !starts.Contains(change.ModelId))
                starts.Enqueue(change.ModelId);
        });
        foreach (var model in waiting)
        {
            await _app.PostAsync($"/api/models/{_app.Board.Active.First(instance => instance.Status == "running").ModelId}/stop");
            await _app.WaitForAsync(model, "running");
        }

        await Until.TrueAsync(() => starts.Count == waiting.Count, "word of the last start"); // it is told after it can be looked up
        Assert.Equal(waiting, starts);
    }

    [LinuxFact]
    public async Task EightStarts_AtOnce_NeverExceedTheLimit()
    {
        var models = new List<long>();
        for (var i = 0; i < 8; i++)
            models.Add(
                await _app.AddModelWithAsync(EngineScript.Write(_app.Folder, "load-ms=0"), configure: runtime => runtime.Pinned = true)
            ); // or a slow machine would stop the first for the last
        await Task.WhenAll(models.Select(model => _app.PostAsync($"/api/models/{model}/start")));
        Assert.Equal(2, _app.Services.GetRequiredService<Reservations>().Occupants().Count);
    }

    private async Task<long> FillAsync(bool pinned)
    {
        var engine = EngineScript.Write(_app.Folder, "load-ms=0");
        for (var i = 0; i < 2; i++)
            await _app.StartAsync(await _app.AddModelWithAsync(engine, configure: runtime => runtime.Pinned = pinned));
        return await _app.AddModelAsync("load-ms=0");
    }

    private Task WriteAsync(Action<LlamaDbContext> change) =>
        _app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    change(context);
                    return Task.CompletedTask;
                }
            );
}
