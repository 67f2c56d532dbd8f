using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Maintenance;

/// <summary>The column <c>params</c> of the async proxy (seed S1, 3.2): mostly a JSON object with the shape of the network, in the words of
/// Hugging Face.</summary>
internal static class LegacyShape
{
    private const string Column = "params";
    private const string Metadata = "metadata_json";

    private static readonly Dictionary<string, string> Columns = new(StringComparer.Ordinal)
    {
        ["vocab_size"] = "vocab_size",
        ["hidden_size"] = "embedding_size",
        ["intermediate_size"] = "ffn_dim",
        ["num_attention_heads"] = "head_count",
        ["num_key_value_heads"] = "head_count_kv",
        ["num_hidden_layers"] = "block_count",
    };

    /// <summary>Sets what the row itself leaves open, and keeps the rest as metadata. A text such as 3.8B stays what it is.</summary>
    public static void Spread(LegacyModel model)
    {
        if (model.Core.GetValueOrDefault(Column) is not string text || Parse(text) is not { } shape)
            return;
        model.Core.Remove(Column);
        foreach (var (name, column) in Columns)
        {
            if (shape[name] is not JsonValue value || !value.TryGetValue<long>(out var number) || number <= 0)
                continue;
            if (model.Core.TryGetValue(column, out var known) && !LegacyValues.Same(known, number))
                continue; // both are kept: the row's own here, this one with the rest
            model.Core[column] = number;
            shape.Remove(name);
        }

        if (shape.Count > 0 && !model.Core.TryAdd(Metadata, shape.ToJsonString()))
            model.Rejected[Column] = shape.ToJsonString();
    }

    private static JsonObject? Parse(string text)
    {
        var read = ForeignJson.Parse(text);
        if (!read.IsSuccess)
            return null;
        using var document = read.Value;
        return JsonNode.Parse(text) as JsonObject; // without a key twice, which a node refuses only when it is asked
    }
}
