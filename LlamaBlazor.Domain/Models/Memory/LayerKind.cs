using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>How one layer remembers.</summary>
public enum LayerKind
{
    /// <summary>Nothing is kept.</summary>
    None,

    /// <summary>Keys and values of the whole context.</summary>
    Full,

    /// <summary>Keys and values of a sliding window.</summary>
    Window,

    /// <summary>A state of fixed size for each slot.</summary>
    Recurrent,

    /// <summary>Both a state and keys and values (falcon-h1).</summary>
    Both,
}

/// <summary>Decides from architecture and keys how each layer remembers (parameters.md, h; llama.cpp <c>llama-hparams</c>,
/// <c>llama-model</c>).</summary>
internal static class LayerKinds
{
    // Layer i has a window where i mod period < period - 1; for the last two where i mod period is not 0.
    private static readonly Dictionary<string, int> Periods = new()
    {
        ["gemma3"] = 6,
        ["gemma3n"] = 5,
        ["gemma2"] = 2,
        ["gemma-embedding"] = 6,
        ["gpt-oss"] = 2,
        ["cohere2"] = 4,
        ["olmo2"] = 4,
        ["exaone4"] = 4,
        ["afmoe"] = 4,
        ["plamo3"] = 8,
        ["llama4"] = 4,
        ["cohere2moe"] = 4,
    };

    private static readonly HashSet<string> DenseFirst = ["cohere2moe"];

    private static readonly HashSet<string> Memoryless =
    [
        "bert",
        "nomic-bert",
        "nomic-bert-moe",
        "neo-bert",
        "jina-bert-v2",
        "jina-bert-v3",
        "modern-bert",
        "eurobert",
        "t5encoder",
        "dream",
        "llada",
        "llada-moe",
        "rnd1",
        "wavtokenizer-dec",
        "clip",
    ];

    private static readonly HashSet<string> Recurrent = ["mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7"];

    private static readonly HashSet<string> Interval = ["qwen3next", "qwen35", "qwen35moe"];

    private static readonly HashSet<string> Hybrid =
    [
        "jamba",
        "lfm2",
        "lfm2moe",
        "nemotron_h",
        "nemotron_h_moe",
        "granitehybrid",
        "plamo2",
        "kimi-linear",
    ];

    /// <summary>The kind of each layer.</summary>
    public static LayerKind[] Of(GgufMetadata keys, int layers, IReadOnlyList<long> headsKv)
    {
        var architecture = keys.Architecture ?? "";
        if (Memoryless.Contains(architecture))
            return new LayerKind[layers];
        var withCache = architecture switch
        {
            "gemma3n" => Math.Min(20, layers), // the rest shares the cache of these
            "gemma4" => layers - (int)Math.Clamp(keys.Number(keys.Of("attention.shared_kv_layers")) ?? 0, 0, layers),
            _ => layers,
        };
        var listed = keys.Numbers(keys.Of("attention.recurrent_layers"));
        return
        [
            .. Enumerable
                .Range(0, layers)
                .Select(layer => layer >= withCache ? LayerKind.None : Kind(keys, architecture, layer, headsKv[layer], listed)),
        ];
    }

    private static LayerKind Kind(GgufMetadata keys, string architecture, int layer, long headsKv, IReadOnlyList<long>? listed)
    {
        if (Recurrent.Contains(architecture))
            return LayerKind.Recurrent;
        if (architecture == "falcon-h1")
            return LayerKind.Both;
        if (Interval.Contains(architecture))
        {
            var interval = Math.Max(1, keys.Number(keys.Of("full_attention_interval")) ?? 4);
            var recurrent =
                listed is null ? (layer + 1) % interval != 0
                : listed.Count > layer && listed.All(flag => flag is 0 or 1) ? listed[layer] != 0
                : listed.Contains(layer);
            return recurrent ? LayerKind.Recurrent : LayerKind.Full;
        }

        if (headsKv == 0)
            return Hybrid.Contains(architecture) ? LayerKind.Recurrent : LayerKind.None;
        return HasWindow(keys, architecture, layer) ? LayerKind.Window : LayerKind.Full;
    }

    private static bool HasWindow(GgufMetadata keys, string architecture, int layer)
    {
        if (architecture == "phi3" || (Window(keys) <= 0))
            return false;
        var key = keys.Of("attention.sliding_window_pattern");
        if (keys.Numbers(key) is { } pattern)
            return layer < pattern.Count && pattern[layer] != 0;
        if (keys.Number(key) is not { } period)
            period = Periods.GetValueOrDefault(architecture);
        return period > 1 && (DenseFirst.Contains(architecture) ? layer % period != 0 : layer % period < period - 1);
    }

    /// <summary>Tokens of the window, 0 without one.</summary>
    public static long Window(GgufMetadata keys) =>
        HeadSizes.Size(keys, "attention.sliding_window") ?? (keys.Architecture == "llama4" ? 8192 : 0);
}
