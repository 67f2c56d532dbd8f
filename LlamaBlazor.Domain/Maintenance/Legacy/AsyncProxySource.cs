using System.Collections.Frozen;
using System.Text.Json.Nodes;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Maintenance.Legacy;

/// <summary>The async proxy: text ids, times in seconds, settings of models as JSON, one object of settings of its own (seed S1).</summary>
public sealed class AsyncProxySource : ILegacySource
{
    /// <summary>Mostly a JSON object with the shape of the network, in the words of Hugging Face (seed S1, 3.2).</summary>
    private const string Shape = "params";

    private const string Metadata = "metadata_json";

    private static readonly FrozenDictionary<string, string> ShapeColumns = new Dictionary<string, string>
    {
        ["vocab_size"] = "vocab_size",
        ["hidden_size"] = "embedding_size",
        ["intermediate_size"] = "ffn_dim",
        ["num_attention_heads"] = "head_count",
        ["num_key_value_heads"] = "head_count_kv",
        ["num_hidden_layers"] = "block_count",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public LegacyKind Kind => LegacyKind.AsyncProxy;

    /// <inheritdoc/>
    public string Mark =>
        "the async proxy (models with parameters, or with favorite and params; without models: logs with source, or server_config with "
        + "value)";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> ModelColumns => LegacyNames.Usual;

    /// <summary>Acceptance C1.10.</summary>
    public IReadOnlyDictionary<string, object> Defaults { get; } =
        new Dictionary<string, object>
        {
            ["ctx_size"] = 4096L,
            ["batch_size"] = 512L,
            ["threads"] = 4L,
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public bool Recognises(LegacyTables tables)
    {
        if (tables.Has("models", "parameters") || (tables.Has("models", "favorite") && tables.Has("models", "params")))
            return true;
        return !tables.Has("models", "name") && (tables.Has("logs", "source") || tables.Has("server_config", "value"));
    }

    /// <summary>Sets what the row itself leaves open of the shape, and keeps the rest as metadata. A text such as 3.8B stays what it
    /// is.</summary>
    /// <param name="model">The model.</param>
    public void Finish(LegacyModel model)
    {
        if (model.Core.GetValueOrDefault(Shape) is not string text || Parse(text) is not { } shape)
            return;
        model.Core.Remove(Shape);
        foreach (var (name, column) in ShapeColumns)
        {
            if (shape[name] is not JsonValue value || !value.TryGetValue<long>(out var number) || number <= 0)
                continue;
            if (model.Core.TryGetValue(column, out var known) && !LegacyValues.Same(known, number))
                continue; // both are kept: the row's own here, this one with the rest
            model.Core[column] = number;
            shape.Remove(name);
        }

        if (shape.Count > 0 && !model.Core.TryAdd(Metadata, shape.ToJsonString()))
            model.Rejected[Shape] = shape.ToJsonString();
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
