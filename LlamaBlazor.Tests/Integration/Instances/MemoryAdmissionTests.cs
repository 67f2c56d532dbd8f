using System.Net.Http.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Instances;

/// <summary>The memory of the machine the tests run on, beside a limit that no machine meets.</summary>
public sealed class MemoryAdmissionTests : IAsyncLifetime
{
    private InstanceHarness _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = new InstanceHarness();
        _app.With("LlamaBlazor:Admission:MinFreeMemoryGb", "4096");
        await _app.InitializeAsync();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [LinuxFact]
    public void Memory_IsMeasured()
    {
        var state = _app.Services.GetRequiredService<MachineMeter>().Read();
        Assert.InRange(state.FreeMemory ?? 0, 1, state.TotalMemory ?? 0);
    }

    [LinuxFact]
    [EffectOf("LlamaBlazor:Admission:MinFreeMemoryGb")]
    public async Task StartThatLeavesTooLittleFree_IsRefused_UnlessItIsForced()
    {
        var model = await _app.AddModelAsync("load-ms=0");
        var (status, body) = await _app.PostAsync($"/api/models/{model}/start");
        Assert.Equal(409, status);
        var reason = Assert.Single(body.GetProperty("reasons").EnumerateArray());
        Assert.Equal("free_memory", reason.GetProperty("code").GetString());
        Assert.Contains("LlamaBlazor:Admission:MinFreeMemoryGb", reason.GetProperty("message").GetString());
        Assert.Equal(202, (await _app.PostAsync($"/api/models/{model}/start?force=true")).Status);
        await _app.WaitForAsync(model, "running");
    }
}

/// <summary>A model whose whole context takes 16 TiB of cache, 1 MiB a token.</summary>
public sealed class LongContextTests(InstanceHarness app) : IClassFixture<InstanceHarness>
{
    [LinuxFact]
    public async Task ContextThatIsNotSet_CountsAsTheEngineWillChooseIt()
    {
        var model = await AddAsync("unset");
        var total = app.Services.GetRequiredService<MachineMeter>().Read().TotalMemory!.Value;
        var memory = (await DemandAsync(model)).Memory;
        Assert.InRange(memory, 1, total); // --fit takes what the machine has
        await SetAsync(model, new { fit = "off" }, "advanced");
        Assert.True((await DemandAsync(model)).Memory > 1L << 43, "the whole context");
        await SetAsync(model, new { fit = (string?)null }, "advanced");
        await SetAsync(model, new { ctx_size = 0 }, "model");
        Assert.True((await DemandAsync(model)).Memory > 1L << 43, "the whole context, asked for");
    }

    [LinuxFact]
    public async Task Refusal_NamesTheContextThatFits()
    {
        var model = await AddAsync("refused");
        await SetAsync(model, new { ctx_size = 1 << 24 }, "model");
        var (status, body) = await app.PostAsync($"/api/models/{model}/start");
        Assert.Equal(409, status);
        var message = Assert.Single(body.GetProperty("reasons").EnumerateArray()).GetProperty("message").GetString()!;
        var said = System.Text.RegularExpressions.Regex.Match(message, "a context of at most ([0-9,]+) tokens");
        Assert.True(said.Success, message);
        await SetAsync(
            model,
            new
            {
                ctx_size = int.Parse(
                    said.Groups[1].Value,
                    System.Globalization.NumberStyles.AllowThousands,
                    System.Globalization.CultureInfo.InvariantCulture
                ) / 2,
            },
            "model"
        );
        Assert.Equal(202, (await app.PostAsync($"/api/models/{model}/start")).Status);
        await app.WaitForAsync(model, "running");
    }

    [LinuxFact]
    public async Task ContextThatNoMachineHas_IsNever_WithItsFigures()
    {
        var model = await AddAsync("never");
        foreach (var context in new[] { 50_000_000, 300_000_000, 2_000_000_000 })
        {
            await SetAsync(model, new { ctx_size = context }, "model");
            var memory = await app.GetAsync($"/api/models/{model}/memory");
            Assert.Equal(context, memory.GetProperty("ctx_size").GetInt64());
            Assert.True(memory.GetProperty("total_bytes").GetInt64() > (long)context << 20);
            using var asked = await app.Http.PostAsJsonAsync("/api/admission", new { model = model.ToString() });
            var verdict = (await asked.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>());
            Assert.Equal((false, true), (verdict.GetProperty("admitted").GetBoolean(), verdict.GetProperty("never").GetBoolean()));
        }
    }

    private async Task<long> AddAsync(string name)
    {
        var file = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("general.name", name)
            .Add("general.file_type", 1u)
            .Add("llama.context_length", 1u << 24)
            .Add("llama.embedding_length", 4096u)
            .Add("llama.block_count", 64u)
            .Add("llama.feed_forward_length", 128u)
            .Add("llama.attention.head_count", 32u)
            .Add("llama.attention.head_count_kv", 32u)
            .Add("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .Add("llama.rope.dimension_count", 128u)
            .Add("tokenizer.ggml.model", "no_vocab")
            .Add("llama.vocab_size", 64u)
            .AddTensor("token_embd.weight", "F16", 64, 64)
            .AddTensor("output_norm.weight", "F32", 64);
        for (var block = 0; block < 64; block++)
            file.AddTensor($"blk.{block}.attn_k.weight", "F16", 64, 64);
        return await app.AddModelWithAsync(EngineScript.Write(app.Folder, "load-ms=0"), file.Save(app.Folder.File(name + ".gguf")));
    }

    private async Task SetAsync(long model, object values, string section)
    {
        using var answer = await app.Http.PatchAsJsonAsync($"/api/models/{model}/config/{section}", values);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
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
}
