using System.Net.Http.Json;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Instances.Admission;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Resources;

/// <summary>An engine with two cards whose models see those that CUDA_VISIBLE_DEVICES of the model names.</summary>
public sealed class VisibleDeviceTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [LinuxFact]
    public async Task ModelThatSeesOneCard_IsPlacedThere_AndHoldsThatCard()
    {
        var narrow = await AddAsync("1");
        var running = await app.StartAsync(narrow);
        Assert.Equal("CUDA1", await CardAsync(running.Model)); // the engine calls it CUDA0
        var (status, body) = await app.PostAsync($"/api/models/{await AddAsync("1")}/start?evict=false");
        Assert.Equal((409, "gpu"), (status, body.GetProperty("reasons")[0].GetProperty("code").GetString()));
        var other = await app.StartAsync(await AddAsync("0"));
        Assert.Equal("CUDA0", await CardAsync(other.Model));
        foreach (var model in new[] { narrow, other.ModelId })
        {
            await app.PostAsync($"/api/models/{model}/stop");
            await app.WaitForAsync(model, "stopped");
        }
    }

    [LinuxFact]
    public async Task ModelThatSeesNoCard_NeedsMainMemoryAlone()
    {
        var (none, both) = (await AddAsync("-1"), await AddAsync(null));
        Assert.Equal((0, 2), ((await DemandAsync(none)).Devices.Count, (await DemandAsync(both)).Devices.Count));
        Assert.Equal((0, 2), (await EstimateDevicesAsync(none), await EstimateDevicesAsync(both)));
    }

    private async Task<long> AddAsync(string? visible)
    {
        var real = EngineScript.Write(app.Folder, "load-ms=0");
        var engine = EngineScript.WriteRaw(
            app.Folder,
            $$"""
            if [ "$1" = "--list-devices" ]; then
              echo 'Available devices:'
              case "${CUDA_VISIBLE_DEVICES-all}" in
              all) echo '  CUDA0: Pretend A (8000 MiB, 6000 MiB free)'; echo '  CUDA1: Pretend B (10000 MiB, 9000 MiB free)' ;;
              0) echo '  CUDA0: Pretend A (8000 MiB, 6000 MiB free)' ;;
              1) echo '  CUDA0: Pretend B (10000 MiB, 9000 MiB free)' ;;
              esac
              exit 0
            fi
            exec '{{real}}' "$@"
            """
        );
        var file = app.Folder.File($"visible-{Guid.NewGuid():N}.gguf");
        await File.WriteAllBytesAsync(file, GgufSamples.Llama("visible").ToArray());
        var model = await app.AddModelWithAsync(
            engine,
            file,
            configure: runtime => (runtime.GpuStrategy, runtime.GpuMode) = ("best", "exclusive")
        );
        if (visible is not null)
        {
            using var answer = await app.Http.PatchAsJsonAsync(
                $"/api/models/{model}/config/server",
                new { environment = new Dictionary<string, string> { ["CUDA_VISIBLE_DEVICES"] = visible } }
            );
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        return model;
    }

    private async Task<string> CardAsync(string? model)
    {
        var card = "";
        await Until.TrueAsync(
            async () =>
            {
                var factory = app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>();
                await using var context = await factory.CreateDbContextAsync();
                card =
                    await context
                        .Set<GpuAllocationRow>()
                        .Where(row => row.ContainerName == model)
                        .Select(row => row.GpuId)
                        .SingleOrDefaultAsync()
                    ?? "";
                return card.Length > 0;
            },
            "the card in the database"
        );
        return card;
    }

    private async Task<StartDemand> DemandAsync(long model)
    {
        var factory = app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>();
        var facts = await InstanceDefinition.ReadAsync(factory, model, CancellationToken.None);
        return await app.Services.GetRequiredService<StartDemands>().FindAsync(facts.Value, CancellationToken.None);
    }

    // What the memory tab counts, beside the host.
    private async Task<int> EstimateDevicesAsync(long model) =>
        (await app.GetAsync($"/api/models/{model}/memory"))
            .GetProperty("devices")
            .EnumerateArray()
            .Count(device => device.GetProperty("name").GetString() != "Host");
}
