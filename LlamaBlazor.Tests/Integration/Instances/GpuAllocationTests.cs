using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>GPUs of an engine that lists two: 6000 and 9000 MiB free. No such card is needed, because the engine's own word counts where no
/// driver says more.</summary>
public sealed class GpuAllocationTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [LinuxFact]
    public async Task Best_TakesTheOneWithTheMostMemory_TellsTheEngine_AndReleases()
    {
        var model = await AddAsync("best", vramMb: 4000);
        var running = await app.StartAsync(model);
        Assert.Contains("--device CUDA1 ", await CommandAsync(running.Id) + " ");
        var row = Assert.Single(await RowsAsync(), row => row.ContainerName == running.Model);
        Assert.Equal(("CUDA1", "shared", 4000.0), (row.GpuId, row.Mode, row.ReservedVramMb));
        await app.PostAsync($"/api/models/{model}/stop");
        await Until.TrueAsync(async () => !(await RowsAsync()).Exists(row => row.ContainerName == running.Model), "released");
    }

    [LinuxFact]
    public async Task Exclusive_KeepsOthersOff_UntilItEnds_AlsoByACrash()
    {
        var alone = await AddAsync("best", isExclusive: true, configure: runtime => runtime.RestartPolicy = "never");
        var first = await app.StartAsync(alone);
        var second = await app.StartAsync(await AddAsync("best"));
        Assert.Contains("--device CUDA0 ", await CommandAsync(second.Id) + " ");
        var (status, body) = await app.PostAsync($"/api/models/{await AddAsync("all", isExclusive: true)}/start?evict=false");
        Assert.Equal((409, "gpu"), (status, body.GetProperty("reasons")[0].GetProperty("code").GetString()));
        LlamaBlazor.Web.Engines.Processes.Signals.Send(first.Pid!.Value, LlamaBlazor.Web.Engines.Processes.Signals.Kill);
        await app.WaitForAsync(alone, "error");
        await Until.TrueAsync(async () => !(await RowsAsync()).Exists(row => row.ContainerName == first.Model), "released by the crash");
        await app.PostAsync($"/api/models/{second.ModelId}/stop");
        await app.WaitForAsync(second.ModelId, "stopped");
    }

    [LinuxFact]
    public async Task OrdinaryModel_IsKeptOff_WhatAnotherHasAlone()
    {
        var alone = await app.StartAsync(await AddAsync("best", isExclusive: true));
        var other = await app.StartAsync(await AddAsync(null));
        Assert.Contains("--device CUDA0 ", await CommandAsync(other.Id) + " "); // its engine would take both
        await StopAsync(alone, other);
    }

    [LinuxFact]
    public async Task IdleHolder_MakesRoom_ForOneThatNeedsAllCardsAlone()
    {
        var holder = await app.StartAsync(await AddAsync("all", vramMb: 4000));
        var alone = await app.StartAsync(await AddAsync("all", isExclusive: true)); // waits for the end of the other's warm time
        Assert.False(app.Board.Find(holder.ModelId)!.IsActive);
        Assert.Equal(
            ["CUDA0", "CUDA1"],
            (await RowsAsync()).Where(row => row.ContainerName == alone.Model).Select(row => row.GpuId).Order()
        );
        Assert.Contains("--device CUDA0,CUDA1 ", await CommandAsync(alone.Id) + " ");
        await using var context = await OpenAsync();
        Assert.Equal(
            """["CUDA0","CUDA1"]""",
            await context.Instances.Where(row => row.Id == alone.Id).Select(row => row.GpuDevices).SingleAsync()
        );
        await StopAsync(alone);
    }

    [LinuxFact]
    public async Task Reservation_IsKept_ShownWithTheCard_AndReleased()
    {
        var model = await AddAsync("best");
        var holder = await AddAsync(null);
        // by its id, too
        using var made = await app.Http.PostAsJsonAsync("/api/allocations", new { gpu_id = "CUDA1", container_name = holder.ToString() });
        var card = (await app.GetAsync("/api/gpus"))
            .GetProperty("items")
            .EnumerateArray()
            .Single(gpu => gpu.GetProperty("id").GetString() == "CUDA1");
        Assert.Equal("Pretend B", card.GetProperty("name").GetString());
        Assert.True(card.GetProperty("holders")[0].GetProperty("reserved").GetBoolean());
        var running = await app.StartAsync(model);
        Assert.Contains("--device CUDA0 ", await CommandAsync(running.Id) + " ");
        await app.Http.DeleteAsync(made.Headers.Location);
        await StopAsync(running);
    }

    [LinuxFact]
    public async Task MemoryOfAStart_IsHeldOnItsCard_UntilItsEngineHasTakenIt()
    {
        var gate = app.Folder.File("may-load");
        var loading = await AddAsync("best", vramMb: 5000, waitFor: gate);
        await app.PostAsync($"/api/models/{loading}/start");
        await Until.TrueAsync(
            async () => (await RowsAsync()).Exists(row => row.ContainerName == app.Board.Find(loading)?.Model),
            "its card is decided"
        );
        Assert.Equal("loading", app.Board.Find(loading)!.Status); // the driver knows nothing of it yet
        var second = await app.StartAsync(await AddAsync("best", vramMb: 4000));
        Assert.Contains("--device CUDA0 ", await CommandAsync(second.Id) + " "); // 9000 - 5000 are less than the 6000 of this one
        await File.WriteAllTextAsync(gate, "");
        var first = await app.WaitForAsync(loading, "running");
        Assert.Contains("--device CUDA1 ", await CommandAsync(first.Id) + " ");
        await StopAsync(first, second);
    }

    [LinuxFact]
    public async Task StartsThatLoadAtOnce_ShareTheMemoryThatIsThere()
    {
        var gate = app.Folder.File("may-load-both");
        var (one, two, three) = (
            await AddAsync("best", vramMb: 5000, waitFor: gate),
            await AddAsync("best", vramMb: 5000, waitFor: gate),
            await AddAsync("best", vramMb: 5000)
        );
        await Task.WhenAll(app.PostAsync($"/api/models/{one}/start"), app.PostAsync($"/api/models/{two}/start"));
        await Until.TrueAsync(async () => (await RowsAsync()).Count(row => row.ReservedVramMb == 5000) == 2, "both are decided");
        Assert.Equal(["CUDA0", "CUDA1"], (await RowsAsync()).Where(row => row.ReservedVramMb == 5000).Select(row => row.GpuId).Order());
        var (status, body) = await app.PostAsync($"/api/models/{three}/start");
        Assert.Equal((409, "vram"), (status, body.GetProperty("reasons")[0].GetProperty("code").GetString()));
        await File.WriteAllTextAsync(gate, "");
        await StopAsync(await app.WaitForAsync(one, "running"), await app.WaitForAsync(two, "running"));
    }

    [LinuxFact]
    public async Task TooLittleGpuMemory_IsRefused_WithTheFigures()
    {
        var (status, body) = await app.PostAsync($"/api/models/{await AddAsync("auto", vramMb: 20_000)}/start");
        var reason = body.GetProperty("reasons")[0];
        Assert.Equal((409, "vram"), (status, reason.GetProperty("code").GetString()));
        Assert.Contains("are not free", reason.GetProperty("message").GetString());
    }

    [LinuxFact]
    public async Task Project_MayBeLimited_InGpusAndCores()
    {
        using var made = await app.Http.PostAsJsonAsync(
            "/api/projects",
            new
            {
                project_path = "small",
                max_gpus = 1,
                max_cpu_cores = 2.5,
            }
        );
        Assert.Equal(1, (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("max_gpus").GetInt32());
        void Small(RuntimeConfig runtime) => (runtime.Project, runtime.CpuLimit) = ("small", 2);
        var (status, body) = await app.PostAsync($"/api/models/{await AddAsync("all", configure: Small)}/start");
        Assert.Equal((409, "quota"), (status, body.GetProperty("reasons")[0].GetProperty("code").GetString()));
        var first = await app.StartAsync(await AddAsync("best", configure: Small));
        var (_, more) = await app.PostAsync($"/api/models/{await AddAsync("best", configure: Small)}/start?evict=false");
        Assert.Equal(2, more.GetProperty("reasons").EnumerateArray().Count(reason => reason.GetProperty("code").GetString() == "quota"));
        await Until.TrueAsync(
            async () =>
            {
                await using var context = await OpenAsync();
                return await context
                    .Set<ProjectQuotaRow>()
                    .AnyAsync(row =>
                        row.ProjectPath == "small" && row.CurrentGpus == 1 && row.CurrentCpuCores == 2 && row.CurrentContainers == 1
                    );
            },
            "the cached usage"
        );
        await app.PostAsync($"/api/models/{first.ModelId}/stop");
        await app.WaitForAsync(first.ModelId, "stopped");
    }

    private async Task StopAsync(params InstanceSnapshot[] running)
    {
        foreach (var instance in running)
        {
            await app.PostAsync($"/api/models/{instance.ModelId}/stop");
            await app.WaitForAsync(instance.ModelId, "stopped");
            await Until.TrueAsync(async () => !(await RowsAsync()).Exists(row => row.ContainerName == instance.Model), "released");
        }
    }

    private async Task<long> AddAsync(
        string? strategy,
        bool isExclusive = false,
        double vramMb = 0,
        string? waitFor = null,
        Action<RuntimeConfig>? configure = null
    )
    {
        var (program, prefix) = OwnProgram.Find();
        string[] line = [program, .. prefix, OwnProgram.SimulatorWord, "--simulate", "load-ms=0"];
        var engine = EngineScript.WriteRaw(
            app.Folder,
            $$"""
            if [ "$1" = "--list-devices" ]; then
              printf 'Available devices:\n  CUDA0: Pretend A (8000 MiB, 6000 MiB free)\n  CUDA1: Pretend B (10000 MiB, 9000 MiB free)\n'; exit 0
            fi
            {{(waitFor is null ? "" : $"[ \"$1\" = --help ] || [ \"$1\" = --version ] || while [ ! -e '{waitFor}' ]; do sleep 0.02; done")}}
            exec {{string.Join(' ', line.Select(word => $"'{word}'"))}} "$@"
            """
        );
        var model = await app.AddModelWithAsync(
            engine,
            configure: runtime =>
            {
                (runtime.GpuStrategy, runtime.GpuMode) = (strategy, isExclusive ? "exclusive" : null);
                configure?.Invoke(runtime);
            }
        );
        if (vramMb > 0)
        {
            await app
                .Services.GetRequiredService<DatabaseWriter>()
                .ExecuteAsync(
                    (context, _) =>
                    {
                        context.FitParams.Add(
                            new FitParams
                            {
                                ModelId = model,
                                FitParamsSuccess = true,
                                ProjectedCpuMemoryMb = 1,
                                ProjectedGpuMemoryMb = vramMb,
                            }
                        );
                        return Task.CompletedTask;
                    }
                );
        }

        return model;
    }

    private async Task<string> CommandAsync(long instance)
    {
        await using var context = await OpenAsync();
        var arguments = "";
        await Until.TrueAsync(
            async () =>
                (
                    arguments =
                        await context
                            .Instances.AsNoTracking()
                            .Where(row => row.Id == instance)
                            .Select(row => row.ArgumentsJson)
                            .FirstOrDefaultAsync()
                        ?? ""
                ).Length > 0,
            "the command in the database"
        );
        return string.Join(' ', JsonSerializer.Deserialize<string[]>(arguments)!);
    }

    private async Task<List<GpuAllocationRow>> RowsAsync()
    {
        await using var context = await OpenAsync();
        return await context.Set<GpuAllocationRow>().AsNoTracking().ToListAsync();
    }

    private Task<LlamaDbContext> OpenAsync() => app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
}
