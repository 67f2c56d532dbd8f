namespace LlamaBlazor.Tests.Support;

/// <summary>Small GGUF files of every kind a library meets; add keys and tensors to taste, then <see cref="GgufWriter.Save"/>.</summary>
public static class GgufSamples
{
    /// <summary>A complete little language model: llama, 2 blocks, 4 heads over 2 key heads, context 2048, 64 tokens.</summary>
    public static GgufWriter Llama(string name = "Tiny Llama", uint version = 3, bool bigEndian = false) =>
        Model("llama", name, new GgufWriter { Version = version, BigEndian = bigEndian });

    /// <summary>The same with another architecture, written by a writer of your own.</summary>
    public static GgufWriter Model(string architecture, string name, GgufWriter writer) =>
        Tensors(
            Tokenizer(
                writer
                    .Add("general.architecture", architecture)
                    .Add("general.type", "model")
                    .Add("general.name", name)
                    .Add("general.size_label", "100K")
                    .Add("general.license", "mit")
                    .Add("general.tags", new[] { "text-generation", "tiny" })
                    .Add("general.file_type", 1u)
                    .Add($"{architecture}.context_length", 2048u)
                    .Add($"{architecture}.embedding_length", 64u)
                    .Add($"{architecture}.block_count", 2u)
                    .Add($"{architecture}.feed_forward_length", 128u)
                    .Add($"{architecture}.attention.head_count", 4u)
                    .Add($"{architecture}.attention.head_count_kv", 2u)
                    .Add($"{architecture}.attention.layer_norm_rms_epsilon", 1e-5f)
                    .Add($"{architecture}.rope.dimension_count", 16u)
                    .Add("tokenizer.chat_template", "{% for m in messages %}{{ m.content }}{% endfor %}")
            )
        );

    /// <summary>A multimodal projector.</summary>
    public static GgufWriter Projector() =>
        new GgufWriter()
            .Add("general.architecture", "clip")
            .Add("general.type", "mmproj")
            .Add("general.name", "Vision")
            .Add("clip.has_vision_encoder", true)
            .Add("general.file_type", 1u)
            .AddTensor("mm.0.weight", "F16", 64, 64);

    /// <summary>A LoRA adapter.</summary>
    public static GgufWriter Adapter() =>
        new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("general.type", "adapter")
            .Add("adapter.type", "lora")
            .Add("adapter.lora.alpha", 16f)
            .AddTensor("blk.0.attn_q.weight.lora_a", "F32", 64, 8)
            .AddTensor("blk.0.attn_q.weight.lora_b", "F32", 8, 64);

    /// <summary>A tokenizer without weights.</summary>
    public static GgufWriter Vocabulary() => Tokenizer(new GgufWriter().Add("general.architecture", "llama").Add("general.name", "vocab"));

    /// <summary>One part of a split set, named as llama.cpp expects it.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="prefix">Name before <c>-00001-of-…</c>.</param>
    /// <param name="part">From 1.</param>
    /// <param name="count">Number of parts.</param>
    public static string SavePart(string folder, string prefix, int part, int count)
    {
        var writer = part == 1 ? Llama(prefix) : new GgufWriter();
        writer.Add("split.no", (ushort)(part - 1)).Add("split.count", (ushort)count).Add("split.tensors.count", 20);
        if (part > 1)
            writer.AddTensor($"blk.{part}.ffn_up.weight", "F16", 64, 128);
        return writer.Save(Path.Combine(folder, $"{prefix}-{part:00000}-of-{count:00000}.gguf"));
    }

    private static GgufWriter Tokenizer(GgufWriter writer) =>
        writer
            .Add("tokenizer.ggml.model", "llama")
            .Add("tokenizer.ggml.tokens", Enumerable.Range(0, 64).Select(i => $"<t{i}>").ToArray())
            .Add("tokenizer.ggml.scores", new float[64])
            .Add("tokenizer.ggml.token_type", Enumerable.Repeat(1, 64).ToArray())
            .Add("tokenizer.ggml.bos_token_id", 1u)
            .Add("tokenizer.ggml.eos_token_id", 2u);

    private static GgufWriter Tensors(GgufWriter writer)
    {
        writer.AddTensor("token_embd.weight", "F16", 64, 64);
        for (var block = 0; block < 2; block++)
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

        return writer.AddTensor("output_norm.weight", "F32", 64).AddTensor("output.weight", "F16", 64, 64);
    }
}
