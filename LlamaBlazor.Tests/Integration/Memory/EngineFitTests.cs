using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models.Library;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Memory;

/// <summary>Our figures against those of a real llama-fit-params.</summary>
public sealed class EngineFitTests : AppFixture
{
    public EngineFitTests() => With("LlamaBlazor:EnginePath", RealEngineFactAttribute.Engine ?? "");

    [RealEngineFact]
    public async Task Estimate_IsWhatTheEngineProjects()
    {
        // 16 layers of 64 wide and a context of 32,768 tokens: 16 × 32,768 × (32 + 32) × 2 bytes = 64 MiB of cache.
        var writer = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("general.name", "fit")
            .Add("general.file_type", 1u)
            .Add("llama.context_length", 32_768u)
            .Add("llama.embedding_length", 64u)
            .Add("llama.block_count", 16u)
            .Add("llama.feed_forward_length", 128u)
            .Add("llama.attention.head_count", 4u)
            .Add("llama.attention.head_count_kv", 2u)
            .Add("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .Add("llama.rope.dimension_count", 16u)
            .Add("tokenizer.ggml.model", "no_vocab")
            .Add("llama.vocab_size", 32_000u)
            .AddTensor("token_embd.weight", "F16", 64, 32_000)
            .AddTensor("output_norm.weight", "F32", 64);
        for (var block = 0; block < 16; block++)
        {
            writer
                .AddTensor($"blk.{block}.attn_norm.weight", "F32", 64)
                .AddTensor($"blk.{block}.attn_q.weight", "F16", 64, 64)
                .AddTensor($"blk.{block}.attn_k.weight", "F16", 64, 32)
                .AddTensor($"blk.{block}.attn_v.weight", "F16", 64, 32)
                .AddTensor($"blk.{block}.attn_output.weight", "F16", 64, 64)
                .AddTensor($"blk.{block}.ffn_norm.weight", "F32", 64)
                .AddTensor($"blk.{block}.ffn_gate.weight", "F16", 64, 128)
                .AddTensor($"blk.{block}.ffn_up.weight", "F16", 64, 128)
                .AddTensor($"blk.{block}.ffn_down.weight", "F16", 128, 64);
        }

        writer.Save(Path.Combine(ModelFolder, "fit.gguf"));
        await Services.GetRequiredService<LibraryService>().ScanAsync();
        var answer = await Http.PostAsync("/api/models/fit/fit", null);
        var fit = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(fit.GetProperty("fit_params_success").GetBoolean(), fit.ToString());
        var memory = await GetAsync("/api/models/fit/memory");
        Assert.Equal(64L << 20, memory.GetProperty("kv_cache_bytes").GetInt64());
        Assert.InRange(
            memory.GetProperty("total_bytes").GetInt64() / 1048576.0 - fit.GetProperty("projected_cpu_memory_mb").GetDouble(),
            -8,
            40
        );
    }
}
