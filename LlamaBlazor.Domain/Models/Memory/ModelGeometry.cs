using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>
/// The sizes of a model that matter for memory, taken from its header once: weights by layer, and what each layer remembers for a token.
/// Everything a <see cref="MemoryEstimator"/> needs, so that moving a slider costs microseconds.
/// </summary>
public sealed class ModelGeometry
{
    private const int LayerBound = 4096;

    private readonly Layer[] _layers;

    private ModelGeometry(GgufFile file)
    {
        var keys = file.Metadata;
        var embedding = HeadSizes.Size(keys, "embedding_length") ?? 0;
        var count = (int)Math.Clamp(Math.Max(keys.Number(keys.Of("block_count")) ?? 0, file.Tensors.Max(tensor => tensor.Block + 1) ?? 0), 0, LayerBound);
        var heads = PerLayer(keys, "attention.head_count", count, 0);
        var headsKv = keys.Find(keys.Of("attention.head_count_kv")) is null ? heads : PerLayer(keys, "attention.head_count_kv", count, 0);
        var kinds = LayerKinds.Of(keys, count, headsKv);
        var sizes = HeadSizes.Of(keys, embedding, heads.DefaultIfEmpty(0).Max());
        _layers = [.. Enumerable.Range(0, count).Select(layer => new Layer(kinds[layer], sizes.Keys(kinds[layer], headsKv[layer]), sizes.Values(kinds[layer], headsKv[layer])))];
        StateBytes = RecurrentState.Bytes(keys, embedding);
        Window = LayerKinds.Window(keys);
        TrainedContext = HeadSizes.Size(keys, "context_length") ?? 0;
        Embedding = embedding;
        FeedForward = Math.Max(HeadSizes.Size(keys, "feed_forward_length") ?? 0, HeadSizes.Size(keys, "expert_feed_forward_length") ?? 0);
        Vocabulary = keys.Count("tokenizer.ggml.tokens") ?? HeadSizes.Size(keys, "vocab_size") ?? 0;
        foreach (var tensor in file.Tensors)
            Add(tensor);
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

    /// <summary>Weights of the token embedding where it serves as output layer too: on a device they are there a second time. Else 0.</summary>
    internal long TiedBytes { get; private set; }

    /// <summary>The sizes of a header, all parts joined.</summary>
    /// <param name="file">The header.</param>
    public static ModelGeometry Of(GgufFile file) => new(file);

    private void Add(GgufTensor tensor)
    {
        if (tensor.Block is { } block && block < _layers.Length)
        {
            _layers[block].WeightBytes += tensor.Bytes;
            if (tensor.Name.Contains("_exps", StringComparison.Ordinal))
                _layers[block].ExpertBytes += tensor.Bytes;
        }
        else if (tensor.Name.StartsWith("token_embd", StringComparison.Ordinal) || tensor.Name.StartsWith("per_layer_token_embd", StringComparison.Ordinal))
        {
            InputBytes += tensor.Bytes;
            TiedBytes += tensor.Name.StartsWith("token_embd.", StringComparison.Ordinal) ? tensor.Bytes : 0;
        }
        else
        {
            OutputBytes += tensor.Bytes;
        }
    }

    private static long[] PerLayer(GgufMetadata keys, string key, int count, long fallback)
    {
        if (keys.Numbers(keys.Of(key)) is { } each)
            return [.. Enumerable.Range(0, count).Select(layer => layer < each.Count ? Math.Clamp(each[layer], 0, HeadSizes.Bound) : fallback)];
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
}
