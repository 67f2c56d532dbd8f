using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Instances.Admission;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>Starts, stops, restarts, requests and kills in any order. The long version is <c>bench/chaos.mjs</c>.</summary>
public sealed class ChaosTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    private const int Actions = 80;

    private readonly Random _random = new(5); // the same run each time, as far as the machine allows

    [LinuxFact]
    public async Task AfterChaos_NothingIsLeft_AndEveryStateIsTrue()
    {
        var models = new List<long>();
        foreach (
            var faults in new[]
            {
                new[] { "load-ms=0" },
                ["load-ms=30", "ignore-term"],
                ["load-ms=0", "exit-after-ms=400"],
                ["load-ms=10", "grandchild"],
                ["exit-at-start=2"],
            }
        )
            models.Add(await app.AddModelAsync(faults));
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context.AddRange(models.Select(model => new GpuConfig { ModelId = model, Device = "CUDA0" }));
                    return Task.CompletedTask;
                }
            );
        var waiting = new List<Task>();
        for (var action = 0; action < Actions; action++)
        {
            waiting.Add(ActAsync(models[_random.Next(models.Count)], _random.Next(6)));
            if (_random.Next(3) == 0)
                await Task.WhenAny(
                    waiting[_random.Next(waiting.Count)],
                    app.Board.Find(models[0]) is null ? Task.CompletedTask : app.PostAsync($"/api/models/{models[0]}/apply")
                );
        }

        await Task.WhenAll(waiting);
        await Task.WhenAll(models.Select(model => app.PostAsync($"/api/models/{model}/stop")));
        foreach (var model in models)
            await app.WaitForAsync(model, "stopped");

        Assert.Empty(app.Services.GetRequiredService<Reservations>().Occupants());
        Assert.Equal(0, app.Services.GetRequiredService<PortPool>().InUse);
        await Until.TrueAsync(
            () => ProcessTable.FindMarked(ProcessTable.MarkerOf(app.Folder.File("data"), "")).Count == 0,
            "no engine left, nor one that is only asked for its flags"
        );
        foreach (var model in models)
            await Until.TrueAsync(
                async () => await app.StatusInDatabaseAsync(model) is ("stopped", "stopped" or null),
                $"the row of model {model} stopped"
            );
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
        await Until.TrueAsync(async () => !await context.Set<GpuAllocationRow>().AnyAsync(), "no allocation left");
    }

    private async Task ActAsync(long model, int what)
    {
        switch (what)
        {
            case 0 or 1:
                await app.PostAsync($"/api/models/{model}/start");
                break;
            case 2:
                await app.PostAsync($"/api/models/{model}/stop");
                break;
            case 3:
                await app.PostAsync($"/api/models/{model}/restart");
                break;
            case 4:
                if (app.Board.Find(model)?.Pid is { } pid)
                    Signals.Send(pid, Signals.Kill);
                break;
            default:
                await AskAsync(model, TimeSpan.FromMilliseconds(_random.Next(1, 400)));
                break;
        }
    }

    // A request that may give up waiting.
    private async Task AskAsync(long model, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await app.Supervisor.EnsureReadyAsync(model, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It has given up: the start goes on, or is given up with it.
        }
    }
}
