using System.Net.Http.Json;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>A draft model has devices of its own: what it takes there is neither the host's nor the main model's cards'.</summary>
public sealed class DraftDemandTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [LinuxFact]
    public async Task DraftOnACard_BesideAModelOnTheHost_CountsThere()
    {
        var model = await AddAsync("none", "CUDA1");
        var (demand, host, cards) = (await DemandAsync(model), await BytesAsync(model, "Host"), await BytesAsync(model, "CUDA1"));
        Assert.True(cards > 0 && host > cards);
        Assert.Equal((host, cards), (demand.Memory, demand.Vram));
        Assert.Equal(
            (true, 0L, "CUDA1", cards),
            (demand.Gpus.IsNone, demand.Gpus.Bytes, Assert.Single(demand.Gpus.Draft).Key, demand.Gpus.Draft["CUDA1"])
        );
    }

    [LinuxFact]
    public async Task DraftOnTheHost_BesideAModelOnACard_CountsThere_AlsoAfterAnAnalysis()
    {
        var model = await AddAsync("CUDA0", "none");
        var (host, cards) = (await BytesAsync(model, "Host"), await BytesAsync(model, "CUDA0"));
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
                            ProjectedCpuMemoryMb = 0.001,
                            ProjectedGpuMemoryMb = 0.001,
                        }
                    ); // llama-fit-params knows no draft
                    return Task.CompletedTask;
                }
            );
        var demand = await DemandAsync(model);
        Assert.Equal((host, cards), (demand.Memory, demand.Vram));
        Assert.Empty(demand.Gpus.Draft);
    }

    [LinuxFact]
    public async Task EachOnItsOwnCard_HoldsBoth_AndOnlyTheModelsIsToldItsEngine()
    {
        var model = await AddAsync("CUDA0", "CUDA1");
        var demand = await DemandAsync(model);
        Assert.Equal((demand.Vram - demand.Gpus.Draft["CUDA1"], await BytesAsync(model, "CUDA0")), (demand.Gpus.Bytes, demand.Gpus.Bytes));
        var running = await app.StartAsync(model);
        var rows = (await app.GetAsync("/api/allocations"))
            .GetProperty("items")
            .EnumerateArray()
            .Where(row => row.GetProperty("container_name").GetString() == running.Model)
            .ToDictionary(row => row.GetProperty("gpu_id").GetString()!, row => row.GetProperty("reserved_vram_mb").GetDouble());
        await app.PostAsync($"/api/models/{model}/stop");
        Assert.Equal(
            [("CUDA0", Mib(demand.Gpus.Bytes)), ("CUDA1", Mib(demand.Gpus.Draft["CUDA1"]))],
            rows.OrderBy(row => row.Key).Select(row => (row.Key, row.Value))
        );
    }

    [LinuxFact]
    public async Task CardThatSomebodyHasAlone_RefusesTheDraft_WithItsTab()
    {
        var model = await AddAsync("none", "CUDA1");
        using var made = await app.Http.PostAsJsonAsync(
            "/api/allocations",
            new { gpu_id = "CUDA1", container_name = (await AddAsync("none", "none")).ToString() }
        );
        try
        {
            var (status, body) = await app.PostAsync($"/api/models/{model}/start");
            var reason = Assert.Single(body.GetProperty("reasons").EnumerateArray());
            Assert.Equal((409, "gpu"), (status, reason.GetProperty("code").GetString()));
            Assert.Contains("for its draft model on the Speculative tab", reason.GetProperty("message").GetString());
        }
        finally
        {
            await app.Http.DeleteAsync(made.Headers.Location);
        }
    }

    private static double Mib(long bytes) => Math.Round(bytes / 1048576.0, 1);

    private async Task<long> AddAsync(string device, string draftDevice)
    {
        var (program, prefix) = OwnProgram.Find();
        string[] line = [program, .. prefix, OwnProgram.SimulatorWord, "--simulate", "load-ms=0"];
        var engine = EngineScript.WriteRaw(
            app.Folder,
            $"if [ \"$1\" = --list-devices ]; then printf '%s\\n' \"{GpuEngine.TwoGpus}\"; exit 0; fi\nexec "
                + $"{string.Join(' ', line.Select(word => $"'{word}'"))} \"$@\""
        );
        var (file, draft) = (app.Folder.File($"{Guid.NewGuid():N}.gguf"), app.Folder.File($"{Guid.NewGuid():N}.gguf"));
        await File.WriteAllBytesAsync(file, GgufSamples.Llama("main").ToArray());
        await File.WriteAllBytesAsync(draft, GgufSamples.Llama("draft").ToArray());
        var model = await app.AddModelWithAsync(engine, file);
        await SetAsync(model, "gpu", new { device });
        await SetAsync(model, "lora", new { model_draft = draft, device_draft = draftDevice });
        return model;
    }

    private async Task SetAsync(long model, string section, object values)
    {
        using var answer = await app.Http.PatchAsJsonAsync($"/api/models/{model}/config/{section}", values);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<long> BytesAsync(long model, string device) =>
        (await app.GetAsync($"/api/models/{model}/memory"))
            .GetProperty("devices")
            .EnumerateArray()
            .Single(use => use.GetProperty("name").GetString() == device)
            .GetProperty("bytes")
            .GetInt64();

    private async Task<StartDemand> DemandAsync(long model)
    {
        var facts = await InstanceDefinition.ReadAsync(
            app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>(),
            model,
            CancellationToken.None
        );
        return await app.Services.GetRequiredService<StartDemands>().FindAsync(facts.Value, CancellationToken.None);
    }
}
