using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Web.Simulator;

/// <summary>One sample model of demo mode: the shape of a well-known model, without its weights.</summary>
/// <param name="File">File name without extension.</param>
/// <param name="Name"><c>general.name</c>.</param>
/// <param name="Architecture"><c>general.architecture</c>.</param>
/// <param name="SizeLabel"><c>general.size_label</c>.</param>
/// <param name="FileType"><c>general.file_type</c>.</param>
/// <param name="Weights">Type of its matrices.</param>
/// <param name="Blocks">Transformer blocks.</param>
/// <param name="Width">Hidden state.</param>
/// <param name="FeedForward">Feed-forward layers.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="KeyHeads">Key and value heads.</param>
/// <param name="HeadWidth">Width of one head.</param>
/// <param name="Context">Context it was trained with.</param>
/// <param name="Vocabulary">Tokens.</param>
/// <param name="IsChat">Has a chat template.</param>
internal sealed record SampleModel(
    string File,
    string Name,
    string Architecture,
    string SizeLabel,
    uint FileType,
    string Weights,
    int Blocks,
    int Width,
    int FeedForward,
    int Heads,
    int KeyHeads,
    int HeadWidth,
    uint Context,
    int Vocabulary,
    bool IsChat = true
)
{
    private const string Template =
        "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if "
        + "add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    /// <summary>The samples.</summary>
    public static IReadOnlyList<SampleModel> All { get; } =
    [
        new("Qwen2.5-7B-Instruct-Q4_K_M", "Qwen2.5 7B Instruct", "qwen2", "7B", 15, "Q4_K", 28, 3584, 18944, 28, 4, 128, 32768, 152064),
        new("Llama-3.2-3B-Instruct-Q6_K", "Llama 3.2 3B Instruct", "llama", "3B", 18, "Q6_K", 28, 3072, 8192, 24, 8, 128, 131072, 128256),
        new(
            "Mistral-7B-Instruct-v0.3-Q5_K_M",
            "Mistral 7B Instruct v0.3",
            "llama",
            "7B",
            17,
            "Q5_K",
            32,
            4096,
            14336,
            32,
            8,
            128,
            32768,
            32768
        ),
        new("Phi-3.5-mini-instruct-Q8_0", "Phi 3.5 mini instruct", "phi3", "3.8B", 7, "Q8_0", 32, 3072, 8192, 32, 32, 96, 131072, 32064),
        new("gemma-3-4b-it-Q4_0", "Gemma 3 4b It", "gemma3", "4B", 2, "Q4_0", 34, 2560, 10240, 8, 4, 256, 131072, 262144),
        new(
            "nomic-embed-text-v1.5-F16",
            "nomic-embed-text-v1.5",
            "nomic-bert",
            "137M",
            1,
            "F16",
            12,
            768,
            3072,
            12,
            12,
            64,
            2048,
            30522,
            IsChat: false
        ),
    ];

    /// <summary>Writes the file.</summary>
    public void Save(string path)
    {
        var matrix = GgmlType.Find(Weights)!;
        var vector = GgmlType.Find("F32")!;
        var file = new SampleGguf();
        AddKeys(file);
        file.AddTensor("token_embd.weight", matrix, Width, Vocabulary);
        for (var block = 0; block < Blocks; block++)
        {
            file.AddTensor($"blk.{block}.attn_norm.weight", vector, Width);
            file.AddTensor($"blk.{block}.attn_q.weight", matrix, Width, Heads * HeadWidth);
            file.AddTensor($"blk.{block}.attn_k.weight", matrix, Width, KeyHeads * HeadWidth);
            file.AddTensor($"blk.{block}.attn_v.weight", matrix, Width, KeyHeads * HeadWidth);
            file.AddTensor($"blk.{block}.attn_output.weight", matrix, Heads * HeadWidth, Width);
            file.AddTensor($"blk.{block}.ffn_norm.weight", vector, Width);
            file.AddTensor($"blk.{block}.ffn_gate.weight", matrix, Width, FeedForward);
            file.AddTensor($"blk.{block}.ffn_up.weight", matrix, Width, FeedForward);
            file.AddTensor($"blk.{block}.ffn_down.weight", matrix, FeedForward, Width);
        }

        file.AddTensor("output_norm.weight", vector, Width);
        file.Save(path);
    }

    private void AddKeys(SampleGguf file)
    {
        file.Add("general.architecture", Architecture);
        file.Add("general.type", "model");
        file.Add("general.name", Name);
        file.Add("general.size_label", SizeLabel);
        file.Add("general.description", "Sample of LlamaBlazor's demo mode: the header of a well-known model, with empty weights");
        file.Add("general.file_type", FileType);
        file.Add("general.quantization_version", 2);
        file.Add($"{Architecture}.block_count", (uint)Blocks);
        file.Add($"{Architecture}.context_length", Context);
        file.Add($"{Architecture}.embedding_length", (uint)Width);
        file.Add($"{Architecture}.feed_forward_length", (uint)FeedForward);
        file.Add($"{Architecture}.attention.head_count", (uint)Heads);
        file.Add($"{Architecture}.attention.head_count_kv", (uint)KeyHeads);
        file.Add($"{Architecture}.attention.key_length", (uint)HeadWidth);
        file.Add($"{Architecture}.attention.value_length", (uint)HeadWidth);
        file.Add($"{Architecture}.rope.freq_base", 1_000_000f);
        if (Architecture == "gemma3")
            file.Add("gemma3.attention.sliding_window", 1024);
        file.Add("tokenizer.ggml.model", IsChat ? "gpt2" : "bert");
        file.AddTokens("tokenizer.ggml.tokens", Vocabulary);
        file.Add("tokenizer.ggml.bos_token_id", 1);
        file.Add("tokenizer.ggml.eos_token_id", 2);
        if (IsChat)
            file.Add("tokenizer.chat_template", Template);
    }
}
