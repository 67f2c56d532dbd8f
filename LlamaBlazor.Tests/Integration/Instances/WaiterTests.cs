using System.Net.Http.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>Those who wait for a start, at the moments that are easily forgotten: nobody waits for ever, and nothing starts for
/// nobody.</summary>
public sealed class WaiterTests : IAsyncLifetime
{
    private readonly InstanceHarness _app = new();

    // pauses of 1, 2, 4 and 8 seconds
    public ValueTask InitializeAsync() => _app.With("LlamaBlazor:Instances:StartAttempts", "5").InitializeAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [LinuxFact]
    public async Task DatabaseThatIsReplaced_RefusesARequestsStart_Once()
    {
        var model = await _app.AddModelAsync("exit-at-start=3");
        var waiting = _app.Supervisor.EnsureReadyAsync(model, CancellationToken.None);
        StartPause? begun = null;
        await Until.TrueAsync(
            () =>
                _app.Board.Find(model)?.RuntimeStatus == "backoff"
                && Service<InstancePause>().Begin("The database is being replaced.") is { IsSuccess: true, Value: var success }
                && (begun = success) is not null,
            "a pause after one of its failures"
        );
        using var pause = begun;
        var loads = 0;
        using var seen = _app.Board.Changes.Subscribe(change =>
            Interlocked.Add(ref loads, change is { Status: "loading", RuntimeStatus: "loading" } ? 1 : 0)
        );
        await Until.TrueAsync(() => waiting.IsCompleted, "the request is told");
        Assert.Contains("The database is being replaced.", (await waiting).Failure!.Message, StringComparison.Ordinal);
        Assert.InRange(loads, 1, 2); // the restart, which may wait a minute, and what the request itself may ask for
    }

    [LinuxFact]
    public async Task DatabaseThatIsReplaced_RefusesStarts_WithoutATrace()
    {
        var model = await _app.AddModelAsync("load-ms=0");
        using var pause = Service<InstancePause>().Begin("The database is being replaced.").Value;
        var answer = await _app.Supervisor.EnsureReadyAsync(model, CancellationToken.None);
        Assert.Contains("The database is being replaced.", answer.Failure!.Message, StringComparison.Ordinal);
        Assert.Null(_app.Board.Find(model));
    }

    [LinuxFact]
    public async Task WhoWaits_IsTold_WhenTheInstancesAreForgotten()
    {
        var model = await WithoutAPlaceAsync();
        var waiting = _app.Supervisor.EnsureReadyAsync(model, CancellationToken.None);
        await Until.TrueAsync(() => _app.Board.Find(model)?.RuntimeStatus == "pending", "pending");
        await _app.Supervisor.ForgetAsync(CancellationToken.None);
        await Until.TrueAsync(() => waiting.IsCompleted, "it is told");
        Assert.False((await waiting).IsSuccess);
        Assert.Null(_app.Board.Find(model));
    }

    [LinuxFact]
    public async Task ClientThatLeaves_BeforeItsStartHasAskedForAPlace_GivesItUp()
    {
        var asked = _app.Folder.File("asked");
        // what it can do is asked first
        var model = await _app.AddModelWithAsync(EngineScript.WriteRaw(_app.Folder, $"touch '{asked}'; exec sleep 600"));
        using var client = new CancellationTokenSource();
        var waiting = _app.Supervisor.EnsureReadyAsync(model, client.Token);
        await Until.TrueAsync(() => File.Exists(asked), "the engine is asked what it can do");
        Assert.Equal(("loading", "loading"), (_app.Board.Find(model)!.Status, _app.Board.Find(model)!.RuntimeStatus));
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Until.TrueAsync(() => _app.Board.Find(model)!.Status is "stopping" or "stopped", "given up");
    }

    [LinuxFact]
    public async Task PersonsStart_OutlivesTheRequestItJoined()
    {
        var model = await WithoutAPlaceAsync();
        using var client = new CancellationTokenSource();
        var waiting = _app.Supervisor.EnsureReadyAsync(model, client.Token);
        await Until.TrueAsync(() => _app.Board.Find(model)?.RuntimeStatus == "pending", "pending");
        Assert.Equal(202, (await _app.PostAsync($"/api/models/{model}/start?wait=60")).Status);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Service<AdmissionQueue>().Leave(-1);
        await _app.WaitForAsync(model, "running");
    }

    [LinuxFact]
    public async Task Force_Counts_AlsoWhileItIsAskedWhatTheStartNeeds()
    {
        var (asked, go) = (_app.Folder.File("asked"), _app.Folder.File("go"));
        var engine = EngineScript.WriteRaw(
            _app.Folder,
            $"touch '{asked}'; while [ ! -e '{go}' ]; do sleep 0.05; done; exec '{EngineScript.Write(_app.Folder, "load-ms=0")}' \"$@\""
        );
        var model = await WithoutAPlaceAsync(engine);
        var start = _app.PostAsync($"/api/models/{model}/start?wait=60");
        await Until.TrueAsync(() => File.Exists(asked), "the engine is asked what it can do");
        var forced = _app.Supervisor.StartAsync(model, StartOptions.Now with { Force = true }, CancellationToken.None);
        await _app.Supervisor.RefreshAsync(model, CancellationToken.None); // answered after what was said before
        await File.WriteAllTextAsync(go, "");
        Assert.True((await forced).IsSuccess);
        Assert.Equal(202, (await start).Status);
        await _app.WaitForAsync(model, "running");
    }

    [LinuxFact]
    public async Task EndOfADeletedModel_IsWaitedFor_ByWhoTakesItsPlace()
    {
        var model = await _app.AddModelAsync("load-ms=0", "ignore-term");
        var running = await _app.StartAsync(model);
        await Service<DatabaseWriter>()
            .ExecuteAsync((context, token) => context.Models.Where(row => row.Id == model).ExecuteDeleteAsync(token));
        Service<Broadcast<ModelChanged>>().Publish(new ModelChanged(model, ModelChanged.Deleted));
        await Until.TrueAsync(() => _app.Board.Find(model) is null or { Status: "stopping" }, "told to end");
        Assert.True(await _app.Supervisor.EvictAsync(model, CancellationToken.None)); // else it would be asked for again at once, and again
        Assert.False(InstanceHarness.IsAlive(running.Pid!.Value));
    }

    [LinuxFact]
    public async Task WhoHearsThatItHasGone_FindsThatOnTheBoard()
    {
        var id = await _app.AddModelAsync("exit-at-start=3");
        var facts = (
            await InstanceDefinition.ReadAsync(Service<IDbContextFactory<LlamaDbContext>>(), id, CancellationToken.None)
        ).Value with
        {
            RestartPolicy = RestartPolicy.Never,
        };
        InstanceActor? actor = null;
        var early = 0;
        InstanceLoad Look(long model)
        {
            // Asked for each snapshot, that of its end included, just before it is published.
            if (Volatile.Read(ref actor) is { Gone.IsCompleted: true } && _app.Board.Find(model)?.IsActive == true)
                Interlocked.Increment(ref early);
            return default;
        }

        using var made = new InstanceActor(
            facts,
            new InstanceLog(id, Service<Broadcast<InstanceLogLine>>(), TimeProvider.System),
            Service<EngineRunner>(),
            new InstancePublisher(_app.Board, Service<InstanceStore>(), Look, NullLogger<InstancePublisher>.Instance),
            Service<IOptionsMonitor<InstanceOptions>>(),
            TimeProvider.System,
            NullLogger.Instance
        );
        Volatile.Write(ref actor, made);
        await made.AskAsync(new StartRequest(StartOptions.Now), CancellationToken.None);
        await made.Gone;
        Assert.Equal("error", _app.Board.Find(id)!.Status);
        Assert.Equal(0, early);
    }

    // Another holds the only place, and never ends.
    private async Task<long> WithoutAPlaceAsync(string? engine = null)
    {
        using var answer = await _app.Http.PatchAsJsonAsync("/api/server-config", new { models_max = 1 });
        answer.EnsureSuccessStatusCode();
        var model = await _app.AddModelWithAsync(engine ?? EngineScript.Write(_app.Folder, "load-ms=0"));
        var facts = (
            await InstanceDefinition.ReadAsync(Service<IDbContextFactory<LlamaDbContext>>(), model, CancellationToken.None)
        ).Value with
        {
            ModelId = -1,
            Name = "holder",
        };
        Assert.Null(
            await Service<AdmissionQueue>()
                .EnterAsync(facts, new CurrentStartOptions(StartOptions.Now, TimeProvider.System), _ => { }, CancellationToken.None)
        );
        return model;
    }

    private T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();
}
