using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>Widths of cached keys and values (parameters.md, h).</summary>
internal sealed record HeadSizes(long Key, long Value, long KeyWindow, long ValueWindow, bool IsMla)
{
    /// <summary>The largest size taken from a header: what is larger is a lie, and two of them still multiply without overflow.</summary>
    public const long Bound = int.MaxValue;

    /// <summary>The widths of a model.</summary>
    public static HeadSizes Of(GgufMetadata keys, long embedding, long heads)
    {
        var usual = heads > 0 ? embedding / heads : 0;
        var key = Number(keys, "attention.key_length") ?? usual;
        var value = Number(keys, "attention.value_length") ?? usual;
        return new HeadSizes(
            key,
            value,
            Number(keys, "attention.key_length_swa") ?? key,
            Number(keys, "attention.value_length_swa") ?? value,
            Number(keys, "attention.key_length_mla") is not null && Number(keys, "attention.value_length_mla") is not null
        );
    }

    /// <summary>Numbers cached as keys for a token in one layer.</summary>
    public long Keys(LayerKind kind, long headsKv) =>
        kind switch
        {
            LayerKind.Full or LayerKind.Both => headsKv * Key,
            LayerKind.Window => headsKv * KeyWindow,
            _ => 0,
        };

    /// <summary>Numbers cached as values for a token in one layer; latent attention keeps none.</summary>
    public long Values(LayerKind kind, long headsKv) =>
        IsMla
            ? 0
            : kind switch
            {
                LayerKind.Full or LayerKind.Both => headsKv * Value,
                LayerKind.Window => headsKv * ValueWindow,
                _ => 0,
            };

    /// <summary>A size of the architecture within bounds, or null.</summary>
    public static long? Size(GgufMetadata keys, string key) =>
        keys.Number(keys.Of(key)) is { } number ? Math.Clamp(number, 0, Bound) : null;

    private static long? Number(GgufMetadata keys, string key) =>
        keys.Number(keys.Of(key)) is > 0 and var number ? Math.Min(number, Bound) : null;
}

/// <summary>What a recurrent layer keeps for each slot, whatever the context (parameters.md, h).</summary>
internal static class RecurrentState
{
    /// <summary>Bytes of one layer and slot, 32-bit floats.</summary>
    public static long Bytes(GgufMetadata keys, long embedding)
    {
        double width = embedding; // a product of lies is a large number, not a negative one
        if (HeadSizes.Size(keys, "wkv.head_size") is { } wkv)
            return Whole(4 * ((HeadSizes.Size(keys, "token_shift_count") ?? 2) * width + width * wkv));
        if (HeadSizes.Size(keys, "shortconv.l_cache") is { } shortConvolution)
            return Whole(4 * Math.Max(0, shortConvolution - 1) * width);
        double inner = HeadSizes.Size(keys, "ssm.inner_size") ?? 0;
        double state = HeadSizes.Size(keys, "ssm.state_size") ?? 0;
        var groups = HeadSizes.Size(keys, "ssm.group_count") ?? 0;
        var kernel = HeadSizes.Size(keys, "ssm.conv_kernel") ?? 1;
        return Whole(4 * (Math.Max(0, kernel - 1) * (inner + 2 * groups * state) + state * inner));
    }

    private static long Whole(double bytes) => (long)Math.Min(bytes, MemoryEstimator.PartBound);
}
