using System.Net.Http.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Memory;

public sealed class MeasuredMemoryTests : AppFixture
{
    public MeasuredMemoryTests() => With("LlamaBlazor:EnginePath", RealEngineFactAttribute.Engine ?? "");

    [Fact]
    public async Task WhatTheEngineSays_IsKept_FromItsLastStart()
    {
        var id = await AddAsync(GgufSamples.Llama().Save(Folder.File("outside/m.gguf")));
        Start(id, "load_tensors: CPU model buffer size = 9.00 MiB");
        Publish(id, InstancePhase.Failed); // it never was ready
        Start(id, "load_tensors: CPU model buffer size = 4.00 MiB", "llama_kv_cache: CPU KV buffer size = 0.50 MiB");
        Publish(id, InstancePhase.Running);
        var measured = await MeasuredAsync(id);
        Assert.Equal((long)(4.5 * (1 << 20)), measured.Bytes);
        Assert.True(measured.EstimatedBytes > 0);
    }

    [LinuxFact]
    public async Task SilentEngine_IsMeasuredByItsProcess()
    {
        var id = await AddAsync(GgufSamples.Llama().Save(Folder.File("outside/m.gguf")));
        Start(id, "main: nothing about memory");
        Services
            .GetRequiredService<InstanceRegistry>()
            .Publish(
                new InstanceSnapshot
                {
                    Id = 1,
                    ModelId = id,
                    Model = "m",
                    Phase = InstancePhase.Running,
                    Pid = Environment.ProcessId,
                }
            );
        Assert.InRange((await MeasuredAsync(id)).Bytes, 20L << 20, 64L << 30); // this very process
    }

    [RealModelFact]
    public async Task RealEngine_IsMeasured_WithoutBeingToldTo()
    {
        var id = await AddAsync(RealModelFactAttribute.Model!);
        (await Http.PostAsync($"/api/models/{id}/start", null)).EnsureSuccessStatusCode();
        var measured = await MeasuredAsync(id);
        await Http.PostAsync($"/api/models/{id}/stop", null);
        Assert.InRange(measured.Bytes, new FileInfo(RealModelFactAttribute.Model!).Length, 4L << 30);
    }

    [RealModelFact]
    public async Task RealEngine_TellsWhatItTakes_WithinTheEstimate()
    {
        var id = await AddAsync(RealModelFactAttribute.Model!);
        (await Http.PatchAsJsonAsync("/api/server-config", new { log_verbose = 4 })).EnsureSuccessStatusCode();
        (await Http.PostAsync($"/api/models/{id}/start", null)).EnsureSuccessStatusCode();
        var measured = await MeasuredAsync(id);
        await Http.PostAsync($"/api/models/{id}/stop", null);
        // the estimate may be cautious, never short
        Assert.InRange(measured.Bytes, new FileInfo(RealModelFactAttribute.Model!).Length / 2, measured.EstimatedBytes!.Value);
    }

    private async Task<long> AddAsync(string path)
    {
        var added = await Services.GetRequiredService<LibraryEdits>().AddAsync(path, null);
        return added.Value.Id;
    }

    private async Task<Measurement> MeasuredAsync(long id)
    {
        Measurement? measured = null;
        await Until.TrueAsync(
            async () => (measured = await Services.GetRequiredService<MeasuredMemory>().FindAsync(id)) is not null,
            "it is measured"
        );
        return measured!;
    }

    private void Start(long id, params string[] lines)
    {
        Publish(id, InstancePhase.Loading);
        foreach (var line in lines)
            Services.GetRequiredService<Broadcast<InstanceLogLine>>().Publish(new InstanceLogLine(id, "m", 0, line));
    }

    private void Publish(long id, InstancePhase phase) =>
        Services
            .GetRequiredService<InstanceRegistry>()
            .Publish(
                new InstanceSnapshot
                {
                    Id = 1,
                    ModelId = id,
                    Model = "m",
                    Phase = phase,
                }
            );
}
