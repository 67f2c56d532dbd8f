using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Memory;

/// <summary>An engine with two GPUs and its llama-fit-params, both of them small scripts.</summary>
public sealed class FitProgramTests : AppFixture
{
    public FitProgramTests() => With("LlamaBlazor:EnginePath", GpuEngine.PathIn(Folder));

    [Fact]
    public async Task Advice_WithSplitsAndPlacements_IsRead_AndItsProjectionAsked()
    {
        Fit(
            """
            case "$*" in
              *"-fitp on"*) echo "CUDA0 100 20 3"; echo "CUDA1 50 10 2"; echo "Host 7 0 1";;
              *) echo '-c 4096 -ngl 2 -ts 2,1 -ot "blk\.(0|1)\.ffn_up=CPU"';;
            esac
            """
        );
        var fit = await AnalyseAsync();
        Assert.True(fit.GetProperty("fit_params_success").GetBoolean(), fit.ToString());
        Assert.Equal(
            (4096, 2, "2,1", @"blk\.(0|1)\.ffn_up=CPU"),
            (
                fit.GetProperty("recommended_ctx_size").GetInt32(),
                fit.GetProperty("recommended_gpu_layers").GetInt32(),
                fit.GetProperty("recommended_tensor_split").GetString(),
                fit.GetProperty("recommended_override_tensor").GetString()
            )
        );
        Assert.Equal(
            (8.0, 185.0),
            (fit.GetProperty("projected_cpu_memory_mb").GetDouble(), fit.GetProperty("projected_gpu_memory_mb").GetDouble())
        );
        Assert.Contains("-ts 2,1", fit.GetProperty("fit_params_raw_output").GetString());
    }

    [Fact]
    public async Task Failure_GivesTheReasonAtTheEndOfALongLog_AndNamesWhatRuns()
    {
        Fit(
            """
            i=0; while [ $i -lt 3000 ]; do echo "0.00.001.000 I a line of the log that says nothing at all, number $i" >&2; i=$((i+1)); done
            echo "0.00.036.000 E common_fit: failed to load model" >&2
            exit 1
            """
        );
        await AddAsync();
        Services
            .GetRequiredService<InstanceRegistry>()
            .Publish(
                new InstanceSnapshot
                {
                    Id = 1,
                    ModelId = 99,
                    Model = "neighbour",
                    Phase = InstancePhase.Running,
                }
            );
        var fit = await PostAsync();
        Assert.Equal(
            (false, "failed to load model"),
            (fit.GetProperty("fit_params_success").GetBoolean(), fit.GetProperty("fit_params_error").GetString())
        );
        Assert.EndsWith("failed to load model", fit.GetProperty("fit_params_raw_output").GetString()!.TrimEnd());
    }

    [Fact]
    public async Task WhatRuns_IsNamed()
    {
        Fit("echo '-c 0 -ngl -1'");
        await AddAsync();
        Services
            .GetRequiredService<InstanceRegistry>()
            .Publish(
                new InstanceSnapshot
                {
                    Id = 1,
                    ModelId = 99,
                    Model = "neighbour",
                    Phase = InstancePhase.Running,
                }
            );
        var fit = await PostAsync();
        Assert.Contains("neighbour", fit.GetProperty("fit_params_raw_output").GetString());
        Assert.Equal((2048, 3), (fit.GetProperty("recommended_ctx_size").GetInt32(), fit.GetProperty("recommended_gpu_layers").GetInt32()));
    }

    [LinuxFact]
    public async Task Program_GetsAnEmptyInput_AndNothingOfOurEnvironment()
    {
        Environment.SetEnvironmentVariable("LLAMABLAZOR_TEST_LEAK", "1");
        try
        {
            var program = new FitProgram(
                Services.GetRequiredService<EngineLocator>(),
                new ToolRunner(Services.GetRequiredService<ProbeStarter>(), TimeProvider.System)
            );
            // cat ends with its input
            var run = await program.RunAsync(EngineScript.WriteRaw(Folder, "cat; env"), [], default).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.DoesNotContain("LLAMABLAZOR_TEST_LEAK", run.Value.Output);
            Assert.Contains("GGML_NO_BACKTRACE=1", run.Value.Output);
        }
        finally
        {
            Environment.SetEnvironmentVariable("LLAMABLAZOR_TEST_LEAK", null);
        }
    }

    [LinuxFact]
    public async Task Program_ThatDoesNotEnd_IsEndedWithItsChildren()
    {
        var timers = new HandTimers();
        var program = new FitProgram(
            Services.GetRequiredService<EngineLocator>(),
            new ToolRunner(Services.GetRequiredService<ProbeStarter>(), timers)
        );
        var run = program.RunAsync(
            EngineScript.WriteRaw(
                Folder,
                $"sleep 600 & echo $! $$ > '{Folder.File("new")}'; mv '{Folder.File("new")}' '{Folder.File("pids")}'; wait"
            ),
            [],
            default
        );
        await Until.TrueAsync(() => File.Exists(Folder.File("pids")), "it runs");
        Assert.True(timers.Fire(TimeSpan.FromMinutes(2)));
        var failure = (await run.WaitAsync(TimeSpan.FromSeconds(30))).Failure!;
        Assert.Equal(FailureKind.Unavailable, failure.Kind);
        Assert.Contains("within 2 minutes", failure.Message);
        foreach (var pid in File.ReadAllText(Folder.File("pids")).Split(' ', StringSplitOptions.TrimEntries))
            await Until.TrueAsync(() => HasEnded(pid), $"{pid} is ended");
    }

    [LinuxFact]
    public async Task Batch_IsCancelled_InTheMidstOfAModel_AndAnotherMayBegin()
    {
        var (gate, pids) = (Folder.File("gate"), Folder.File("pids"));
        Fit(
            $"case \"$*\" in *-fitp*) echo 'Host 7 0 1';; *) echo $$ >> '{pids}'; while [ ! -e '{gate}' ]; do sleep 0.02; done; echo "
                + "'-c 0 -ngl -1';; esac"
        );
        foreach (var name in new[] { "a", "b", "c" })
            GgufSamples.Llama(name).Save(Path.Combine(ModelFolder, name + ".gguf"));
        await Services.GetRequiredService<LibraryService>().ScanAsync();
        Assert.Equal(HttpStatusCode.Conflict, (await Http.DeleteAsync("/api/models/fit")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await Http.PostAsync("/api/models/fit", null)).StatusCode);
        await Until.TrueAsync(() => File.Exists(pids) && File.ReadAllText(pids).EndsWith('\n'), "the first is analysed");
        Assert.Equal(HttpStatusCode.Conflict, (await Http.PostAsync("/api/models/fit", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await Http.DeleteAsync("/api/models/fit")).StatusCode);
        var ended = await EndAsync();
        Assert.Equal(
            (true, 0, 3),
            (ended.GetProperty("cancelled").GetBoolean(), ended.GetProperty("done").GetInt32(), ended.GetProperty("total").GetInt32())
        );
        var pid = Assert.Single(File.ReadAllLines(pids));
        await Until.TrueAsync(() => HasEnded(pid), "the program is ended");
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/api/models/a/fit")).StatusCode); // what was not finished is not kept

        File.WriteAllText(gate, "");
        Assert.Equal(HttpStatusCode.Accepted, (await Http.PostAsync("/api/models/fit", null)).StatusCode);
        ended = await EndAsync();
        Assert.Equal(
            (false, 3, 0),
            (ended.GetProperty("cancelled").GetBoolean(), ended.GetProperty("done").GetInt32(), ended.GetProperty("failed").GetInt32())
        );
    }

    [Fact]
    public async Task DraftModel_OnADeviceOfItsOwn_IsCountedThere()
    {
        Engine(GpuEngine.TwoGpus);
        await AddAsync();
        var draft = GgufSamples.Llama("draft").Save(Folder.File("draft.gguf"));
        await PatchAsync("gpu", new { device = "CUDA0", gpu_layers = "99" });
        await PatchAsync("lora", new { model_draft = draft, device_draft = "CUDA1" });
        var memory = await GetAsync("/api/models/m/memory");
        var uses = memory
            .GetProperty("devices")
            .EnumerateArray()
            .ToDictionary(device => device.GetProperty("name").GetString()!, device => device.GetProperty("bytes").GetInt64());
        Assert.Equal(["CUDA0", "CUDA1", "Host"], uses.Keys);
        Assert.True(uses["CUDA1"] > new FileInfo(draft).Length / 2);
        await PatchAsync("lora", new { device_draft = "none" });
        Assert.Equal(["CUDA0", "Host"], await DevicesAsync(""));
    }

    [Fact]
    public async Task EngineWithoutDevices_HasNoLayersOnAGpu_AndSettingsChooseAmongThem()
    {
        Engine(GpuEngine.TwoGpus);
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
        var engine = EngineScript.WriteRaw(Folder, GpuEngine.Answers("Available devices:"));
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
        Services
            .GetRequiredService<InstanceRegistry>()
            .Publish(
                new InstanceSnapshot
                {
                    Id = 1,
                    ModelId = id,
                    Model = "m",
                    Phase = InstancePhase.Running,
                }
            );
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
        await Until.TrueAsync(
            async () => await verdicts.PrepareAsync([id], default) || verdicts.Find(id)?.Bytes > before,
            "the verdict is made anew"
        );
        Assert.True(verdicts.Find(id)!.Bytes > before);
    }

    [Fact]
    public async Task Measured_LeavesWithTheSettings_ItWasMeasuredFor()
    {
        Fit("echo '-c 0 -ngl -1'");
        var id = await AddAsync();
        await PostAsync();
        Services
            .GetRequiredService<InstanceRegistry>()
            .Publish(
                new InstanceSnapshot
                {
                    Id = 1,
                    ModelId = id,
                    Model = "m",
                    Phase = InstancePhase.Loading,
                }
            );
        Services
            .GetRequiredService<LlamaBlazor.Web.Shared.Live.Broadcast<InstanceLogLine>>()
            .Publish(new InstanceLogLine(id, "m", 0, "load_tensors: CPU model buffer size = 4.00 MiB"));
        Services
            .GetRequiredService<InstanceRegistry>()
            .Publish(
                new InstanceSnapshot
                {
                    Id = 1,
                    ModelId = id,
                    Model = "m",
                    Phase = InstancePhase.Running,
                }
            );
        var measured = Services.GetRequiredService<MeasuredMemory>();
        await Until.TrueAsync(async () => await measured.FindAsync(id) is not null, "it is measured");
        await PostAsync();
        Assert.NotNull(await measured.FindAsync(id));
        await Http.PatchAsJsonAsync("/api/models/m/config/model", new { ctx_size = 65536 });
        await PostAsync();
        Assert.Null(await measured.FindAsync(id));
    }

    // Gone, or dead and not yet fetched by its parent.
    private static bool HasEnded(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ");
        }
        catch (IOException)
        {
            return true;
        }
    }

    private async Task<JsonElement> EndAsync()
    {
        JsonElement batch = default;
        await Until.TrueAsync(
            async () => !(batch = await GetAsync("/api/models/fit")).GetProperty("running").GetBoolean(),
            "the batch ends"
        );
        return batch;
    }

    private async Task PatchAsync(string section, object values) =>
        (await Http.PatchAsJsonAsync($"/api/models/m/config/{section}", values)).EnsureSuccessStatusCode();

    private async Task<List<string?>> DevicesAsync(string query) =>
        [
            .. (await GetAsync("/api/models/m/memory" + query))
                .GetProperty("devices")
                .EnumerateArray()
                .Select(device => device.GetProperty("name").GetString()),
        ];

    private async Task<JsonElement> AnalyseAsync()
    {
        await AddAsync();
        return await PostAsync();
    }

    private async Task<JsonElement> PostAsync() =>
        await (await Http.PostAsync("/api/models/m/fit", null)).Content.ReadFromJsonAsync<JsonElement>();

    private async Task<long> AddAsync()
    {
        GgufSamples.Llama().Save(Path.Combine(ModelFolder, "m.gguf"));
        await Services.GetRequiredService<LibraryService>().ScanAsync();
        return (await GetAsync("/api/models/m")).GetProperty("id").GetInt64();
    }

    private void Fit(string script) => GpuEngine.PlaceWithFit(Folder, script);

    private void Engine(string devices) => GpuEngine.Place(Folder, devices);
}
