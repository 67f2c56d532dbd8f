using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>
/// The sizes of a model that matter for memory, taken from its header once: weights by layer, and what each layer remembers for a token.
/// Everything a <see cref="MemoryEstimator"/> needs, so that moving a slider costs microseconds.
/// </summary>
public sealed class ModelGeometry
{
    private const int LayerBound = 4096;

    private const int InputPart = -1;
    private const int OutputPart = -2;

    private readonly Layer[] _layers;
    private readonly (int Part, string Name, long Bytes)[] _tensors;
    private Overrides? _overrides; // those asked for last: a slider asks hundreds of times

    private ModelGeometry(GgufFile file)
    {
        var keys = file.Metadata;
        var embedding = HeadSizes.Size(keys, "embedding_length") ?? 0;
        var count = (int)
            Math.Clamp(
                Math.Max(keys.Number(keys.Of("block_count")) ?? 0, file.Tensors.Max(tensor => tensor.Block + 1) ?? 0),
                0,
                LayerBound
            );
        var heads = PerLayer(keys, "attention.head_count", count, 0);
        var headsKv = keys.Find(keys.Of("attention.head_count_kv")) is null ? heads : PerLayer(keys, "attention.head_count_kv", count, 0);
        var kinds = LayerKinds.Of(keys, count, headsKv);
        var sizes = HeadSizes.Of(keys, embedding, heads.DefaultIfEmpty(0).Max());
        _layers =
        [
            .. Enumerable
                .Range(0, count)
                .Select(layer => new Layer(
                    kinds[layer],
                    sizes.Keys(kinds[layer], headsKv[layer]),
                    sizes.Values(kinds[layer], headsKv[layer])
                )),
        ];
        StateBytes = RecurrentState.Bytes(keys, embedding);
        Window = LayerKinds.Window(keys);
        TrainedContext = HeadSizes.Size(keys, "context_length") ?? 0;
        Embedding = embedding;
        FeedForward = Math.Max(HeadSizes.Size(keys, "feed_forward_length") ?? 0, HeadSizes.Size(keys, "expert_feed_forward_length") ?? 0);
        Vocabulary = keys.Count("tokenizer.ggml.tokens") ?? HeadSizes.Size(keys, "vocab_size") ?? 0;
        _tensors = [.. file.Tensors.Select(tensor => (PartOf(tensor), tensor.Name, tensor.Bytes))];
        foreach (var (part, name, bytes) in _tensors)
            Add(part, name, bytes);
        if (file.Tensors.Any(tensor => tensor.Name == "output.weight"))
            TiedBytes = 0;
    }

    /// <summary>Number of layers without the output layer.</summary>
    public int LayerCount => _layers.Length;

    /// <summary>Context the model was trained with, or 0.</summary>
    public long TrainedContext { get; }

    internal IReadOnlyList<Layer> Layers => _layers;

    internal long StateBytes { get; }

    internal long Window { get; }

    internal long Embedding { get; }

    internal long FeedForward { get; }

    internal long Vocabulary { get; }

    /// <summary>Weights of the token embedding, which stay on the host.</summary>
    internal long InputBytes { get; private set; }

    /// <summary>Weights of the output layer and its norm.</summary>
    internal long OutputBytes { get; private set; }

    /// <summary>Weights of the token embedding where it serves as output layer too: on a device they are there a second time. Else
    /// 0.</summary>
    internal long TiedBytes { get; private set; }

    /// <summary>The sizes of a header, all parts joined.</summary>
    /// <param name="file">The header.</param>
    public static ModelGeometry Of(GgufFile file) => new(file);

    internal static bool IsExpert(string tensor) => tensor.Contains("_exps", StringComparison.Ordinal);

    /// <summary>What <c>--override-tensor</c> takes out of the layers, by layer.</summary>
    internal IEnumerable<MovedTensors> MovedOf(string? setting, int layer) => OverridesOf(setting)[layer];

    /// <summary>What it takes out of the embedding.</summary>
    internal IEnumerable<MovedTensors> MovedInput(string? setting) => OverridesOf(setting)[InputPart];

    /// <summary>What it takes out of the output layer.</summary>
    internal IEnumerable<MovedTensors> MovedOutput(string? setting) => OverridesOf(setting)[OutputPart];

    private ILookup<int, MovedTensors> OverridesOf(string? setting)
    {
        var known = Volatile.Read(ref _overrides);
        if (known is null || known.Setting != setting)
            Volatile.Write(ref _overrides, known = new Overrides(setting, TensorOverrides.Find(setting, _tensors)));
        return known.Moved;
    }

    private int PartOf(GgufTensor tensor) =>
        tensor.Block is { } block && block < _layers.Length ? block
        : tensor.Name.StartsWith("token_embd", StringComparison.Ordinal)
        || tensor.Name.StartsWith("per_layer_token_embd", StringComparison.Ordinal)
            ? InputPart
        : OutputPart;

    private void Add(int part, string name, long bytes)
    {
        if (part == InputPart)
        {
            InputBytes += bytes;
            TiedBytes += name.StartsWith("token_embd.", StringComparison.Ordinal) ? bytes : 0;
        }
        else if (part == OutputPart)
        {
            OutputBytes += bytes;
        }
        else
        {
            _layers[part].WeightBytes += bytes;
            _layers[part].ExpertBytes += IsExpert(name) ? bytes : 0;
        }
    }

    private static long[] PerLayer(GgufMetadata keys, string key, int count, long fallback)
    {
        if (keys.Numbers(keys.Of(key)) is { } each)
            return
            [
                .. Enumerable.Range(0, count).Select(layer => layer < each.Count ? Math.Clamp(each[layer], 0, HeadSizes.Bound) : fallback),
            ];
        var scalar = HeadSizes.Size(keys, key) ?? fallback;
        return [.. Enumerable.Repeat(scalar, count)];
    }

    /// <summary>One layer.</summary>
    /// <param name="kind">How it remembers.</param>
    /// <param name="keys">Numbers cached as keys for a token.</param>
    /// <param name="values">Numbers cached as values for a token.</param>
    internal sealed class Layer(LayerKind kind, long keys, long values)
    {
        public LayerKind Kind => kind;

        public long Keys => keys;

        public long Values => values;

        public long WeightBytes { get; set; }

        public long ExpertBytes { get; set; }
    }

    private sealed record Overrides(string? Setting, ILookup<int, MovedTensors> Moved);
}
