using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Web.Models.Headers;

/// <summary>A group of facts about a model, named for people. What the file does not say is left out.</summary>
/// <param name="Title">Name of the group.</param>
/// <param name="Facts">Names and values.</param>
internal sealed record HeaderCard(string Title, IReadOnlyList<(string Name, string Value)> Facts)
{
    /// <summary>The groups of a header.</summary>
    public static IEnumerable<HeaderCard> Of(GgufFile file, Model model)
    {
        var cards = new[]
        {
            Origin(file.Metadata),
            Build(file.Metadata),
            Tokenizer(file.Metadata),
            Advice(file.Metadata),
            Storage(file, model),
        };
        return cards.Where(card => card.Facts.Count > 0);
    }

    private static HeaderCard Origin(GgufMetadata keys) =>
        Make(
            "Model",
            ("Name", keys.Text("general.name")),
            ("Base model", keys.Text("general.base_model.0.name")),
            ("Version", keys.Text("general.version")),
            ("Fine-tune", keys.Text("general.finetune")),
            ("Author", keys.Text("general.author") ?? keys.Text("general.organization")),
            ("Quantised by", keys.Text("general.quantized_by")),
            ("Licence", keys.Text("general.license.name") ?? keys.Text("general.license")),
            ("Languages", Join(keys.Texts("general.languages"))),
            ("Tags", Join(keys.Texts("general.tags")))
        );

    private static HeaderCard Build(GgufMetadata keys) =>
        Make(
            "Architecture",
            ("Architecture", keys.Architecture),
            ("Context", Count(keys.Number(keys.Of("context_length")), " tokens")),
            ("Layers", Count(keys.Number(keys.Of("block_count")))),
            ("Width", Count(keys.Number(keys.Of("embedding_length")))),
            ("Feed-forward width", Count(keys.Number(keys.Of("feed_forward_length")))),
            ("Heads", Count(keys.Number(keys.Of("attention.head_count")))),
            ("Key/value heads", Count(keys.Number(keys.Of("attention.head_count_kv")))),
            ("Sliding window", Count(keys.Number(keys.Of("attention.sliding_window")), " tokens")),
            (
                "Experts",
                keys.Number(keys.Of("expert_count")) is > 0 and var experts
                    ? $"{experts}, {keys.Number(keys.Of("expert_used_count"))} used at a time"
                    : null
            ),
            ("RoPE base", keys.Real(keys.Of("rope.freq_base")) is { } rope ? rope.ToString("#,0.####") : null),
            ("RoPE scaling", keys.Text(keys.Of("rope.scaling.type")))
        );

    private static HeaderCard Tokenizer(GgufMetadata keys) =>
        Make(
            "Tokenizer",
            ("Kind", keys.Text("tokenizer.ggml.model")),
            ("Pre-tokenizer", keys.Text("tokenizer.ggml.pre")),
            ("Tokens", Count(keys.Count("tokenizer.ggml.tokens"))),
            ("Merges", Count(keys.Count("tokenizer.ggml.merges"))),
            ("Begin of text", Count(keys.Number("tokenizer.ggml.bos_token_id"))),
            ("End of text", Count(keys.Number("tokenizer.ggml.eos_token_id"))),
            (
                "Chat template",
                keys.Find("tokenizer.ggml.model") is null ? null
                : keys.Text("tokenizer.chat_template") is null ? "none: a base model"
                : "yes"
            )
        );

    private static HeaderCard Advice(GgufMetadata keys) =>
        Make(
            "Sampling advice of the author",
            [
                .. keys
                    .Entries.Where(entry => entry.Key.StartsWith("general.sampling.", StringComparison.Ordinal))
                    .Select(entry => (entry.Key["general.sampling.".Length..], (string?)MetadataText.Show(entry.Value))),
            ]
        );

    private static HeaderCard Storage(GgufFile file, Model model) =>
        Make(
            "File",
            ("Format", $"GGUF v{file.Version}" + (file.BigEndian ? ", big-endian (llama.cpp refuses it)" : "")),
            ("Quantisation", model.Quantization),
            ("Weights", Count(file.ParameterCount)),
            (
                "Bits per weight",
                file.ParameterCount > 0 ? (file.Tensors.Sum(tensor => tensor.Bytes) * 8.0 / file.ParameterCount).ToString("0.00") : null
            ),
            ("Size", ByteSize.Text(file.FileSize)),
            ("Tensors", Count(file.Tensors.Count)),
            ("Parts", model.SplitCount > 1 ? Count(model.SplitCount) : null),
            ("Alignment", $"{file.Alignment} B"),
            ("Path", model.ModelPath),
            ("Projector", model.ProjectorPath)
        );

    private static HeaderCard Make(string title, params (string Name, string? Value)[] facts) =>
        new(title, [.. facts.Where(fact => !string.IsNullOrWhiteSpace(fact.Value)).Select(fact => (fact.Name, fact.Value!))]);

    private static string? Count(long? number, string unit = "") => number is { } value ? value.ToString("N0") + unit : null;

    private static string Join(IReadOnlyList<string> words) => string.Join(", ", words.Take(24));
}
