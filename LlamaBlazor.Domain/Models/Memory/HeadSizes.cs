using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Domain.Models.Memory;

/// <summary>Widths of cached keys and values (parameters.md, h).</summary>
internal sealed record HeadSizes(long Key, long Value, long KeyWindow, long ValueWindow, bool IsMla)
{
    /// <summary>The widths of a model.</summary>
    public static HeadSizes Of(GgufMetadata keys, long embedding, long heads)
    {
        var usual = heads > 0 ? embedding / heads : 0;
        var key = Number(keys, "attention.key_length") ?? usual;
        var value = Number(keys, "attention.value_length") ?? usual;
        return new HeadSizes(
            key, value,
            Number(keys, "attention.key_length_swa") ?? key, Number(keys, "attention.value_length_swa") ?? value,
            Number(keys, "attention.key_length_mla") is not null && Number(keys, "attention.value_length_mla") is not null);
    }

    /// <summary>Numbers cached as keys for a token in one layer.</summary>
    public long Keys(LayerKind kind, long headsKv) => kind switch
    {
        LayerKind.Full or LayerKind.Both => headsKv * Key,
        LayerKind.Window => headsKv * KeyWindow,
        _ => 0,
    };

    /// <summary>Numbers cached as values for a token in one layer; latent attention keeps none.</summary>
    public long Values(LayerKind kind, long headsKv) => IsMla ? 0 : kind switch
    {
        LayerKind.Full or LayerKind.Both => headsKv * Value,
        LayerKind.Window => headsKv * ValueWindow,
        _ => 0,
    };

    private static long? Number(GgufMetadata keys, string key) => keys.Number(keys.Of(key)) is > 0 and var number ? number : null;
}

/// <summary>What a recurrent layer keeps for each slot, whatever the context (parameters.md, h).</summary>
internal static class RecurrentState
{
    /// <summary>Bytes of one layer and slot, 32-bit floats.</summary>
    public static long Bytes(GgufMetadata keys, long embedding)
    {
        if (keys.Number(keys.Of("wkv.head_size")) is { } wkv)
            return 4 * ((keys.Number(keys.Of("token_shift_count")) ?? 2) * embedding + embedding * wkv);
        if (keys.Number(keys.Of("shortconv.l_cache")) is { } shortConvolution)
            return 4 * Math.Max(0, shortConvolution - 1) * embedding;
        var inner = keys.Number(keys.Of("ssm.inner_size")) ?? 0;
        var state = keys.Number(keys.Of("ssm.state_size")) ?? 0;
        var groups = keys.Number(keys.Of("ssm.group_count")) ?? 0;
        var kernel = keys.Number(keys.Of("ssm.conv_kernel")) ?? 1;
        return 4 * (Math.Max(0, kernel - 1) * (inner + 2 * groups * state) + state * inner);
    }
}
