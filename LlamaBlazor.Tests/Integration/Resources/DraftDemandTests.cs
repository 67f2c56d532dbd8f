using System.Net.Http.Json;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Resources;

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
        Assert.Equal((true, 0L, "CUDA1", cards), (demand.Gpus.IsNone, demand.Gpus.Bytes, Assert.Single(demand.Gpus.Draft).Key, demand.Gpus.Draft["CUDA1"]));
    }

    [LinuxFact]
    public async Task DraftOnTheHost_BesideAModelOnACard_CountsThere_AlsoAfterAnAnalysis()
    {
        var model = await AddAsync("CUDA0", "none");
        var (host, cards) = (await BytesAsync(model, "Host"), await BytesAsync(model, "CUDA0"));
        await app.Services.GetRequiredService<DatabaseWriter>().ExecuteAsync((context, _) =>
        {
            context.FitParams.Add(new FitParams { ModelId = model, FitParamsSuccess = true, ProjectedCpuMemoryMb = 0.001, ProjectedGpuMemoryMb = 0.001 }); // llama-fit-params knows no draft
            return Task.CompletedTask;
        });
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
    }

    [LinuxFact]
    public async Task CardThatSomebodyHasAlone_RefusesTheDraft_WithItsTab()
    {
        var model = await AddAsync("none", "CUDA1");
        using var made = await app.Http.PostAsJsonAsync("/api/allocations", new { gpu_id = "CUDA1", container_name = "somebody" });
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

    private async Task<long> AddAsync(string device, string draftDevice)
    {
        var (file, draft) = (app.Folder.File($"{Guid.NewGuid():N}.gguf"), app.Folder.File($"{Guid.NewGuid():N}.gguf"));
        await File.WriteAllBytesAsync(file, GgufSamples.Llama("main").ToArray());
        await File.WriteAllBytesAsync(draft, GgufSamples.Llama("draft").ToArray());
        var model = await app.AddModelWithAsync(EngineScript.WriteRaw(app.Folder, GpuEngine.Answers(GpuEngine.TwoGpus)), file);
        await SetAsync(model, "gpu", new { device });
        await SetAsync(model, "lora", new { model_draft = draft, device_draft = draftDevice });
        return model;
    }

    private async Task SetAsync(long model, string section, object values)
    {
        using var answer = await app.Http.PatchAsJsonAsync($"/api/models/{model}/config/{section}", values);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<long> BytesAsync(long model, string device) => (await app.GetAsync($"/api/models/{model}/memory")).GetProperty("devices").EnumerateArray()
        .Single(use => use.GetProperty("name").GetString() == device).GetProperty("bytes").GetInt64();

    private async Task<StartDemand> DemandAsync(long model)
    {
        var facts = await InstanceFacts.ReadAsync(app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>(), model, CancellationToken.None);
        return await app.Services.GetRequiredService<AdmissionService>().DemandAsync(facts.Value, CancellationToken.None);
    }
}
