using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Resources;

public sealed class ResourceTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [Fact]
    public async Task Projects_AreMade_Changed_AndRemoved()
    {
        using var made = await app.Http.PostAsJsonAsync("/api/projects", new { project_path = "alpha" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var project = await made.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(5, project.GetProperty("max_containers").GetInt32());
        using var patched = await app.Http.PatchAsJsonAsync(
            made.Headers.Location,
            new { max_containers = (int?)null, max_memory_gb = 12.5 }
        );
        var changed = await patched.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(
            (JsonValueKind.Null, 12.5),
            (changed.GetProperty("max_containers").ValueKind, changed.GetProperty("max_memory_gb").GetDouble())
        );
        Assert.Equal(HttpStatusCode.NoContent, (await app.Http.DeleteAsync(made.Headers.Location)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync(made.Headers.Location)).StatusCode);
    }

    [Fact]
    public async Task Default_AlwaysExists_WithoutLimits()
    {
        var first = (await app.GetAsync("/api/projects")).GetProperty("items")[0];
        Assert.Equal(
            ("default", JsonValueKind.Null),
            (first.GetProperty("project_path").GetString(), first.GetProperty("max_containers").ValueKind)
        );
    }

    [LinuxFact]
    public async Task UsageInTheDatabase_IsThatOfNow_AlsoOfTheDefault_AndAfterAChangeOfProject()
    {
        using var made = await app.Http.PostAsJsonAsync("/api/projects", new { project_path = "moved-to" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var model = await app.AddModelAsync("load-ms=0");
        var others = app.Board.Active.Count(); // of tests before this one
        await app.StartAsync(model);
        await UntilUsedAsync("default", others + 1);
        using var moved = await app.Http.PatchAsJsonAsync($"/api/models/{model}/config/runtime", new { project = "moved-to" });
        Assert.True(moved.IsSuccessStatusCode, await moved.Content.ReadAsStringAsync());
        await UntilUsedAsync("moved-to", 1);
        await UntilUsedAsync("default", others);
        await app.PostAsync($"/api/models/{model}/stop");
        await UntilUsedAsync("moved-to", 0);
    }

    private Task UntilUsedAsync(string project, long count) =>
        Until.TrueAsync(
            async () =>
            {
                var factory = app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>();
                await using var context = await factory.CreateDbContextAsync();
                var row = await context.Set<ProjectQuotaRow>().AsNoTracking().SingleAsync(row => row.ProjectPath == project);
                return row.CurrentContainers == count && row.CurrentCpuCores > 0 == count > 0;
            },
            $"{count} instances of {project} in the database"
        );

    [Theory]
    [InlineData("""{"project_path":""}""", "project_path")]
    [InlineData("""{"project_path":"Default"}""", "project_path")]
    [InlineData("""{"project_path":"x","max_containers":-1}""", "max_containers")]
    public async Task BadProjects_AreRefused_ByField(string body, string field)
    {
        using var answer = await app.Http.PostAsync("/api/projects", new StringContent(body, null, "application/json"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
    }

    [LinuxFact]
    public async Task ExclusiveGpu_KeepsOthersOut_UntilReleased()
    {
        var model = await AddWithGpusAsync();
        var (somebody, another) = (await AddWithGpusAsync(), await AddWithGpusAsync());
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context.Add(new GpuConfig { ModelId = model, Device = "CUDA0" });
                    return Task.CompletedTask;
                }
            );
        using var made = await app.Http.PostAsJsonAsync("/api/allocations", new { gpu_id = "CUDA0", container_name = somebody.ToString() });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var twice = await app.Http.PostAsJsonAsync("/api/allocations", new { gpu_id = "CUDA0", container_name = another.ToString() });
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
        var (status, body) = await app.PostAsync($"/api/models/{model}/start");
        Assert.Equal((409, "gpu"), (status, body.GetProperty("reasons")[0].GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.NoContent, (await app.Http.DeleteAsync(made.Headers.Location)).StatusCode);

        var running = await app.StartAsync(model);
        await Until.TrueAsync(async () => await HoldersAsync("CUDA0") == running.Model, "a shared allocation of the running model");
        await app.PostAsync($"/api/models/{model}/stop");
        await Until.TrueAsync(async () => await HoldersAsync("CUDA0") == "", "no allocation left");
    }

    [LinuxFact]
    public async Task Recorder_WritesMetrics_Averages_AndHealth_OfRunningInstances()
    {
        var model = await app.AddModelAsync("load-ms=0");
        var running = await app.StartAsync(model);
        var recorder = app.Services.GetRequiredService<InstanceRecorder>();
        await Until.TrueAsync(
            async () =>
            {
                await recorder.RecordAsync(CancellationToken.None);
                await using var context = await OpenAsync();
                return await context.Instances.AnyAsync(row => row.Id == running.Id && row.MemoryUsageAvgGb > 0);
            },
            "an average memory"
        );
        await using var context = await OpenAsync();
        var id = await context.Instances.Where(row => row.Id == running.Id).Select(row => row.ContainerId).SingleAsync();
        Assert.Equal("healthy", (await context.Set<HealthCheckRow>().SingleAsync(row => row.ContainerId == id)).Status);
        Assert.True(await context.Set<ResourceMetricRow>().AnyAsync(row => row.ContainerId == id && row.MemoryUsedGb > 0));
        Assert.Contains(await context.Set<ActiveContainerView>().ToListAsync(), row => row.ContainerName == running.Model);
    }

    [LinuxFact]
    public async Task SilentEngine_CountsItsFailures_UntilItAnswersAgain()
    {
        const int Pause = 19,
            GoOn = 18; // SIGSTOP, SIGCONT
        var running = await app.StartAsync(await app.AddModelAsync("load-ms=0"));
        var recorder = app.Services.GetRequiredService<InstanceRecorder>();
        Signals.Send(running.Pid!.Value, Pause);
        await Until.TrueAsync(async () => await FailuresAsync(recorder, running.Id) is ("unhealthy", > 0), "a failure counted");
        Signals.Send(running.Pid!.Value, GoOn);
        await Until.TrueAsync(
            async () => await FailuresAsync(recorder, running.Id) is ("healthy", 0),
            "healthy again, with no failure left"
        );
    }

    [LinuxFact]
    public async Task EndedInstance_IsNotHealthyAnyMore()
    {
        var running = await app.StartAsync(await app.AddModelAsync("load-ms=0"));
        var recorder = app.Services.GetRequiredService<InstanceRecorder>();
        await Until.TrueAsync(async () => await FailuresAsync(recorder, running.Id) is ("healthy", 0), "healthy");
        await app.PostAsync($"/api/models/{running.ModelId}/stop");
        await app.WaitForAsync(running.ModelId, "stopped");
        Assert.Equal(("unknown", 0L), await FailuresAsync(recorder, running.Id));
        var history = (await app.GetAsync($"/api/system/health?instance={running.Id}"))
            .GetProperty("items")
            .EnumerateArray()
            .Select(item => item.GetProperty("status").GetString())
            .ToList();
        Assert.Equal("unknown", history[0]);
        Assert.Contains("healthy", history); // it stays in the history
        foreach (var path in new[] { "/api/system/summary", "/api/system/active", "/api/system/snapshots" })
            Assert.True((await app.Http.GetAsync(path)).IsSuccessStatusCode, path);
    }

    [LinuxFact]
    public async Task Demand_IsTheEstimate_CorrectedByWhatWasMeasured()
    {
        var file = app.Folder.File($"{Guid.NewGuid():N}.gguf");
        await File.WriteAllBytesAsync(file, GgufSamples.Llama("demand").ToArray());
        var model = await app.AddModelWithAsync(EngineScript.Write(app.Folder, "load-ms=0"), file);
        var estimate = await DemandAsync(model);
        Assert.True(estimate.Memory > new FileInfo(file).Length, $"{estimate.Memory}");
        Assert.Equal(0, estimate.Vram); // its engine lists no GPU
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context.FitParams.Add(
                        new FitParams
                        {
                            ModelId = model,
                            EstimatedBytes = estimate.Memory,
                            MeasuredBytes = estimate.Memory * 3 / 2,
                        }
                    );
                    return Task.CompletedTask;
                }
            );
        Assert.InRange((await DemandAsync(model)).Memory / (double)estimate.Memory, 1.49, 1.51);
    }

    private async Task<StartDemand> DemandAsync(long model)
    {
        var facts = await InstanceDefinition.ReadAsync(
            app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>(),
            model,
            CancellationToken.None
        );
        return await app.Services.GetRequiredService<StartDemands>().FindAsync(facts.Value, CancellationToken.None);
    }

    [Fact]
    public async Task Gpus_AreAList() =>
        Assert.Equal(JsonValueKind.Array, (await app.GetAsync("/api/gpus")).GetProperty("items").ValueKind);

    private async Task<(string? Status, long Count)> FailuresAsync(InstanceRecorder recorder, long instance)
    {
        await recorder.RecordAsync(CancellationToken.None);
        await using var context = await OpenAsync();
        var id = await context.Instances.Where(row => row.Id == instance).Select(row => row.ContainerId).SingleOrDefaultAsync();
        var check = await context
            .Set<HealthCheckRow>()
            .Where(row => row.ContainerId == id)
            .OrderByDescending(row => row.Id)
            .FirstOrDefaultAsync();
        return (check?.Status, check?.FailureCount ?? 0);
    }

    private Task<LlamaDbContext> OpenAsync() => app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();

    private Task<long> AddWithGpusAsync()
    {
        var (program, prefix) = LlamaBlazor.Web.Shared.Configuration.OwnProgram.Find();
        string[] line = [program, .. prefix, LlamaBlazor.Web.Shared.Configuration.OwnProgram.SimulatorWord, "--simulate", "load-ms=0"];
        return app.AddModelWithAsync(
            EngineScript.WriteRaw(
                app.Folder,
                $"if [ \"$1\" = --list-devices ]; then printf '%s\\n' \"{GpuEngine.TwoGpus}\"; exit 0; fi\nexec "
                    + $"{string.Join(' ', line.Select(word => $"'{word}'"))} \"$@\""
            )
        );
    }

    private async Task<string> HoldersAsync(string gpu) =>
        string.Join(
            ',',
            (await app.GetAsync("/api/allocations"))
                .GetProperty("items")
                .EnumerateArray()
                .Where(item => item.GetProperty("gpu_id").GetString() == gpu)
                .Select(item => item.GetProperty("container_name").GetString())
        );
}
