using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Fit;
using LlamaBlazor.Web.Models.Library;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Models;

/// <summary>An engine with two GPUs and its llama-fit-params, both of them small scripts.</summary>
public sealed class FitProgramTests : AppFixture
{
    private const string TwoGpus = "Available devices:\n  CUDA0: Fake card A (24576 MiB, 24000 MiB free)\n  CUDA1: Fake card B (12288 MiB, 12000 MiB free)";

    public FitProgramTests() => With("LlamaBlazor:EnginePath", Folder.File("bin/llama-server"));

    [Fact]
    public async Task Advice_WithSplitsAndPlacements_IsRead_AndItsProjectionAsked()
    {
        Fit("""
            case "$*" in
              *"-fitp on"*) echo "CUDA0 100 20 3"; echo "CUDA1 50 10 2"; echo "Host 7 0 1";;
              *) echo '-c 4096 -ngl 2 -ts 2,1 -ot "blk\.(0|1)\.ffn_up=CPU"';;
            esac
            """);
        var fit = await AnalyseAsync();
        Assert.True(fit.GetProperty("fit_params_success").GetBoolean(), fit.ToString());
        Assert.Equal((4096, 2, "2,1", @"blk\.(0|1)\.ffn_up=CPU"), (fit.GetProperty("recommended_ctx_size").GetInt32(), fit.GetProperty("recommended_gpu_layers").GetInt32(),
            fit.GetProperty("recommended_tensor_split").GetString(), fit.GetProperty("recommended_override_tensor").GetString()));
        Assert.Equal((8.0, 185.0), (fit.GetProperty("projected_cpu_memory_mb").GetDouble(), fit.GetProperty("projected_gpu_memory_mb").GetDouble()));
        Assert.Contains("-ts 2,1", fit.GetProperty("fit_params_raw_output").GetString());
    }

    [Fact]
    public async Task Failure_GivesTheReasonAtTheEndOfALongLog_AndNamesWhatRuns()
    {
        Fit("""
            i=0; while [ $i -lt 3000 ]; do echo "0.00.001.000 I a line of the log that says nothing at all, number $i" >&2; i=$((i+1)); done
            echo "0.00.036.000 E common_fit: failed to load model" >&2
            exit 1
            """);
        await AddAsync();
        Services.GetRequiredService<InstanceBoard>().Publish(new InstanceSnapshot { Id = 1, ModelId = 99, Model = "neighbour", Status = ModelStatus.Running });
        var fit = await PostAsync();
        Assert.Equal((false, "failed to load model"), (fit.GetProperty("fit_params_success").GetBoolean(), fit.GetProperty("fit_params_error").GetString()));
        Assert.EndsWith("failed to load model", fit.GetProperty("fit_params_raw_output").GetString()!.TrimEnd());
    }

    [Fact]
    public async Task WhatRuns_IsNamed()
    {
        Fit("echo '-c 0 -ngl -1'");
        await AddAsync();
        Services.GetRequiredService<InstanceBoard>().Publish(new InstanceSnapshot { Id = 1, ModelId = 99, Model = "neighbour", Status = ModelStatus.Running });
        var fit = await PostAsync();
        Assert.Contains("neighbour", fit.GetProperty("fit_params_raw_output").GetString());
        Assert.Equal((2048, 3), (fit.GetProperty("recommended_ctx_size").GetInt32(), fit.GetProperty("recommended_gpu_layers").GetInt32()));
    }

    [Fact]
    public async Task EngineWithoutDevices_HasNoLayersOnAGpu_AndSettingsChooseAmongThem()
    {
        Engine(TwoGpus);
        await AddAsync();
        Assert.Equal(["CUDA0", "CUDA1", "Host"], await DevicesAsync(""));
        Assert.Equal(["CUDA1", "Host"], await DevicesAsync("?device=CUDA1"));
        Assert.Equal(["Host"], await DevicesAsync("?device=none"));
        Assert.Equal(["CUDA1", "Host"], await DevicesAsync("?split_mode=none&main_gpu=1"));
        await Http.PatchAsJsonAsync("/api/models/m/config/gpu", new { device = "CUDA1" });
        Assert.Equal(["CUDA1", "Host"], await DevicesAsync(""));
        var bad = await Http.GetAsync("/api/models/m/memory?split_mode=diagonal");
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, bad.StatusCode);

        await Http.PatchAsJsonAsync("/api/models/m/config/gpu", new { device = (string?)null });
        var engine = EngineScript.WriteRaw(Folder, Answers("Available devices:"));
        (await Http.PatchAsJsonAsync("/api/models/m/config/runtime", new { engine_path = engine })).EnsureSuccessStatusCode();
        Assert.Equal(["Host"], await DevicesAsync(""));
        Assert.Equal(0, (await GetAsync("/api/models/m/memory")).GetProperty("gpu_layers").GetInt32());
    }

    [Fact]
    public async Task RunningModel_IsNotJudgedAgainstWhatItHoldsItself()
    {
        Engine("Available devices:\n  CUDA0: Fake card A (24576 MiB, 1 MiB free)");
        var id = await AddAsync();
        var advisor = Services.GetRequiredService<MemoryAdvisor>();
        var question = (await advisor.PrepareAsync((await Services.GetRequiredService<ModelStore>().FindAsync("m"))!)).Value;
        var before = advisor.Free(question).Devices[0].FreeBytes!.Value;
        Services.GetRequiredService<InstanceBoard>().Publish(new InstanceSnapshot { Id = 1, ModelId = id, Model = "m", Status = ModelStatus.Running });
        var held = advisor.Free(question).Devices[0].FreeBytes!.Value;
        Assert.True(held > before && held <= 24576L << 20);
    }

    [Fact]
    public async Task Verdicts_FollowChangedSettings()
    {
        Engine("Available devices:");
        var id = await AddAsync();
        var verdicts = Services.GetRequiredService<MemoryVerdicts>();
        await verdicts.PrepareAsync([id], default);
        var before = verdicts.Find(id)!.Bytes;
        await Http.PatchAsJsonAsync("/api/models/m/config/model", new { ctx_size = 65536 });
        await Until.TrueAsync(async () => await verdicts.PrepareAsync([id], default) || verdicts.Find(id)?.Bytes > before, "the verdict is made anew");
        Assert.True(verdicts.Find(id)!.Bytes > before);
    }

    [Fact]
    public async Task Measured_LeavesWithTheSettings_ItWasMeasuredFor()
    {
        Fit("echo '-c 0 -ngl -1'");
        var id = await AddAsync();
        await PostAsync();
        Services.GetRequiredService<InstanceBoard>().Publish(new InstanceSnapshot { Id = 1, ModelId = id, Model = "m", Status = ModelStatus.Loading });
        Services.GetRequiredService<LlamaBlazor.Web.Shared.Live.Broadcast<InstanceLogLine>>().Publish(new InstanceLogLine(id, "m", 0, "load_tensors: CPU model buffer size = 4.00 MiB"));
        Services.GetRequiredService<InstanceBoard>().Publish(new InstanceSnapshot { Id = 1, ModelId = id, Model = "m", Status = ModelStatus.Running });
        var measured = Services.GetRequiredService<MeasuredMemory>();
        await Until.TrueAsync(async () => await measured.FindAsync(id) is not null, "it is measured");
        await PostAsync();
        Assert.NotNull(await measured.FindAsync(id));
        await Http.PatchAsJsonAsync("/api/models/m/config/model", new { ctx_size = 65536 });
        await PostAsync();
        Assert.Null(await measured.FindAsync(id));
    }

    private async Task<List<string?>> DevicesAsync(string query) => [.. (await GetAsync("/api/models/m/memory" + query)).GetProperty("devices").EnumerateArray().Select(device => device.GetProperty("name").GetString())];

    private async Task<JsonElement> AnalyseAsync()
    {
        await AddAsync();
        return await PostAsync();
    }

    private async Task<JsonElement> PostAsync() => await (await Http.PostAsync("/api/models/m/fit", null)).Content.ReadFromJsonAsync<JsonElement>();

    private async Task<long> AddAsync()
    {
        GgufSamples.Llama().Save(Path.Combine(ModelFolder, "m.gguf"));
        await Services.GetRequiredService<LibraryService>().ScanAsync();
        return (await GetAsync("/api/models/m")).GetProperty("id").GetInt64();
    }

    private void Fit(string script)
    {
        Engine(TwoGpus);
        Place(script, "llama-fit-params");
    }

    private void Engine(string devices) => Place(Answers(devices), "llama-server");

    private static string Answers(string devices) => $"""
        case "$1" in
          --version) echo "version: 9999 (abcdef0)";;
          --help) printf '%s\n' "-m,    --model FNAME                     model path" "--port PORT                             port";;
          --list-devices) printf '%s\n' "{devices}";;
        esac
        """;

    private void Place(string script, string name)
    {
        Directory.CreateDirectory(Folder.File("bin"));
        File.Move(EngineScript.WriteRaw(Folder, script), Folder.File("bin/" + name), overwrite: true);
    }
}
