using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Resources;

/// <summary>
/// An engine that lists a card, a rasteriser in software, a chip that shares the main memory, and a library: no driver tells of any.
/// </summary>
public sealed class GpuDeviceTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    private const string List = """
        Available devices:
          Vulkan0: AMD Radeon RX 7900 XTX (RADV NAVI31) (24560 MiB, 23977 MiB free)
          Vulkan1: llvmpipe (LLVM 20.1.2, 256 bits) (64090 MiB, 64090 MiB free)
          Vulkan2: AMD Radeon Graphics (RADV RAPHAEL_MENDOCINO) (32000 MiB, 31000 MiB free)
          BLAS: OpenBLAS (0 MiB, 0 MiB free)
        """;

    [LinuxFact]
    public async Task OnlyGpus_AreListed_WithTheMemoryTheEngineTold()
    {
        await AddAsync(null);
        var cards = (await app.GetAsync("/api/gpus")).GetProperty("items").EnumerateArray();
        Assert.Equal(
            [("Vulkan0", 583.0, 24560.0), ("Vulkan2", 1000.0, 32000.0)],
            cards.Select(card =>
                (
                    card.GetProperty("id").GetString(),
                    card.GetProperty("memory_used").GetDouble(),
                    card.GetProperty("memory_total").GetDouble()
                )
            )
        );
    }

    [LinuxFact]
    public async Task Best_LeavesTheRasteriserAlone_AndAnotherStartCountsWhatItTook()
    {
        var first = await app.StartAsync(await AddAsync("best", 20_000));
        Assert.Contains("--device Vulkan0 ", await CommandAsync(first.Id));
        var second = await app.StartAsync(await AddAsync("auto", 6000)); // 24560 less 20000: no driver says so
        Assert.Contains("--device Vulkan0,Vulkan2 ", await CommandAsync(second.Id));
        await StopAsync(first.ModelId);
        await StopAsync(second.ModelId);
    }

    [LinuxFact]
    public async Task ReservationThatCannotBe_IsRefused_WithWords()
    {
        var name = await NameAsync(await AddAsync(null));
        await RefusedAsync("CUDA7", name, 1, "gpu_id", "There is no GPU 'CUDA7'. There are: Vulkan0, Vulkan2.");
        await RefusedAsync("Vulkan1", name, 1, "gpu_id", "There is no GPU 'Vulkan1'.");
        await RefusedAsync("Vulkan0", "nobody", 1, "container_name", "There is no model 'nobody'");
        await RefusedAsync("Vulkan0", name, 24_561, null, "Vulkan0 has 24,560 MiB: 24,560 MiB are left, 24,561 MiB were asked for.");
    }

    [LinuxFact]
    public async Task SecondReservation_HasWhatTheFirstLeaves()
    {
        var (first, second) = (await NameAsync(await AddAsync(null)), await NameAsync(await AddAsync(null)));
        using var made = await PostAsync(first, 20_000);
        Assert.Equal(201, (int)made.StatusCode);
        using var tooMuch = await PostAsync(second, 5000);
        Assert.Equal(409, (int)tooMuch.StatusCode);
        Assert.Contains($"20,000 MiB are promised to '{first}': 4,560 MiB are left", await tooMuch.Content.ReadAsStringAsync());
        using var fits = await PostAsync(second, 4560);
        Assert.Equal(201, (int)fits.StatusCode);
        await app.Http.DeleteAsync(made.Headers.Location);
        await app.Http.DeleteAsync(fits.Headers.Location);
    }

    [LinuxFact]
    public async Task AllThatGetsFewer_IsTold()
    {
        using var made = await app.Http.PostAsJsonAsync(
            "/api/allocations",
            new
            {
                gpu_id = "Vulkan2",
                container_name = await NameAsync(await AddAsync(null)),
                mode = "exclusive",
            }
        );
        using var answer = await app.Http.PostAsJsonAsync("/api/admission", new { model = (await AddAsync("all")).ToString() });
        var decision = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(decision.GetProperty("admitted").GetBoolean());
        Assert.Contains(
            "is to use all GPUs and gets Vulkan0 only: Vulkan2 is held by",
            decision.GetProperty("warnings")[0].GetProperty("message").GetString()
        );
        await app.Http.DeleteAsync(made.Headers.Location);
    }

    [LinuxFact]
    public async Task MoreThanTheCardHas_IsRefusedAtOnce_HoweverLongItMayWait()
    {
        var model = await AddAsync("best", 25_000);
        var (status, body) = await app.PostAsync($"/api/models/{model}/start?wait=3600"); // longer than any test
        Assert.Equal((409, "vram"), (status, body.GetProperty("reasons")[0].GetProperty("code").GetString()));
        Assert.Contains("on this machine with its settings", body.GetProperty("detail").GetString());
        using var answer = await app.Http.PostAsJsonAsync("/api/admission", new { model = model.ToString() });
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("never").GetBoolean());
    }

    private async Task RefusedAsync(string gpu, string holder, double mib, string? field, string words)
    {
        using var answer = await app.Http.PostAsJsonAsync(
            "/api/allocations",
            new
            {
                gpu_id = gpu,
                container_name = holder,
                mode = "shared",
                reserved_vram_mb = mib,
            }
        );
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(field is null ? 409 : 422, (int)answer.StatusCode);
        Assert.Contains(
            words,
            field is null ? body.GetProperty("detail").GetString() : body.GetProperty("errors").GetProperty(field)[0].GetString()
        );
    }

    private async Task<HttpResponseMessage> PostAsync(string model, double mib) =>
        await app.Http.PostAsJsonAsync(
            "/api/allocations",
            new
            {
                gpu_id = "Vulkan0",
                container_name = model,
                mode = "shared",
                reserved_vram_mb = mib,
            }
        );

    private async Task StopAsync(long model)
    {
        await app.PostAsync($"/api/models/{model}/stop");
        await app.WaitForAsync(model, "stopped");
    }

    private async Task<string> NameAsync(long model) => (await app.GetAsync($"/api/models/{model}")).GetProperty("name").GetString()!;

    private async Task<string> CommandAsync(long instance)
    {
        var arguments = "";
        await Until.TrueAsync(
            async () =>
            {
                await using var context = await app.Services.GetRequiredService<IDbContextFactory<LlamaDbContext>>().CreateDbContextAsync();
                return (
                        arguments =
                            await context
                                .Instances.AsNoTracking()
                                .Where(row => row.Id == instance)
                                .Select(row => row.ArgumentsJson)
                                .FirstOrDefaultAsync()
                            ?? ""
                    ).Length > 0;
            },
            "the command in the database"
        );
        return string.Join(' ', JsonSerializer.Deserialize<string[]>(arguments)!) + " ";
    }

    private async Task<long> AddAsync(string? strategy, double vramMb = 0)
    {
        var (program, prefix) = OwnProgram.Find();
        string[] line = [program, .. prefix, OwnProgram.SimulatorWord, "--simulate", "load-ms=0"];
        var engine = EngineScript.WriteRaw(
            app.Folder,
            $"if [ \"$1\" = --list-devices ]; then printf '%s\\n' \"{List}\"; exit 0; fi\nexec "
                + $"{string.Join(' ', line.Select(word => $"'{word}'"))} \"$@\""
        );
        var model = await app.AddModelWithAsync(engine, configure: runtime => runtime.GpuStrategy = strategy);
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
}
