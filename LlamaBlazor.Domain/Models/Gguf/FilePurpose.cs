using System.Collections.Frozen;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>
/// What a GGUF file is for. Many programs write GGUF: what llama-server cannot load by itself is no model, however it calls itself.
/// Told by what llama.cpp
/// needs (<c>llama_model_base::load_hparams</c>) and by the keys and tensors of other kinds, not by file names.
/// </summary>
internal static class FilePurpose
{
    // Draft heads with an architecture of their own (llama.cpp, src/llama-arch.cpp).
    private static readonly FrozenSet<string> DraftArchitectures = new[] { "eagle3", "dflash", "gemma4-assistant" }.ToFrozenSet(
        StringComparer.OrdinalIgnoreCase
    );

    // Of image, video and speech generators, and the parts they are made of.
    private static readonly FrozenDictionary<string, string> Foreign = new Dictionary<string, string>
    {
        ["flux"] = "an image generator",
        ["flux2"] = "an image generator",
        ["sd1"] = "an image generator",
        ["sd3"] = "an image generator",
        ["sdxl"] = "an image generator",
        ["aura"] = "an image generator",
        ["hidream"] = "an image generator",
        ["lumina2"] = "an image generator",
        ["qwen_image"] = "an image generator",
        ["pig"] = "an image generator",
        ["cosmos"] = "a video generator",
        ["hyvid"] = "a video generator",
        ["ltxv"] = "a video generator",
        ["wan"] = "a video generator",
        ["t5encoder"] = "the text encoder of an image generator",
        ["wavtokenizer-dec"] = "the voice of a speech generator",
        ["whisper"] = "a speech recogniser",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The role of a file, or why it is nothing a library lists.</summary>
    public static Result<string> Of(GgufFile file)
    {
        var (keys, kind) = (file.Metadata, file.Metadata.Text("general.type"));
        if (kind == "imatrix" || keys.Architecture == "imatrix" || keys.Find("imatrix.datasets") is not null || IsImportance(file))
            return Failure.Conflict("This is an importance matrix (imatrix), which quantising uses: nothing runs it.");
        if (keys.Architecture is "clip" && IsTextEncoder(file))
            return Failure.Conflict("This is the text encoder (clip) of an image generator: llama-server cannot run it.");
        if (kind is "mmproj" || keys.Architecture == "clip")
            return ModelRole.Projector;
        if (kind is "adapter" || keys.Architecture == "controlvector" || keys.Find("adapter.type") is not null)
            return ModelRole.Adapter;
        if (keys.Architecture is { } name && Foreign.TryGetValue(name, out var what))
            return Failure.Conflict($"This is {what} ('{name}'): llama-server cannot run it.");
        if (kind is "vocab" || (file.Tensors.Count == 0 && keys.Number("split.count") is null or 1 or 0))
            return ModelRole.Vocabulary;
        if (keys.Architecture is null)
            return Failure.Conflict("The header does not name an architecture (general.architecture), so llama.cpp cannot load it.");
        if (keys.Number(keys.Of("block_count")) is null && !file.Tensors.Any(tensor => tensor.Block is not null))
            return Failure.Conflict(
                $"The header names no number of layers ({keys.Of("block_count")}), and the file has none that llama.cpp knows: it is "
                    + "for another program."
            );
        return DraftArchitectures.Contains(keys.Architecture) || IsDraftHead(file) ? ModelRole.Draft : ModelRole.Model;
    }

    // A model with such layers has the others as well.
    private static bool IsDraftHead(GgufFile file)
    {
        var keys = file.Metadata;
        return keys.Number(keys.Of("nextn_predict_layers")) is > 0 and var extra
            && keys.Number(keys.Of("block_count")) is { } count
            && (keys.Number("split.count") ?? 1) <= 1
            && file.Tensors.Select(tensor => tensor.Block).OfType<int>().DefaultIfEmpty(-1).Min() >= Math.Max(1, count - extra);
    }

    private static bool IsImportance(GgufFile file) =>
        file.Tensors.Count > 0
        && file.Tensors.All(tensor =>
            tensor.Name.EndsWith(".in_sum2", StringComparison.Ordinal) || tensor.Name.EndsWith(".counts", StringComparison.Ordinal)
        );

    private static bool IsTextEncoder(GgufFile file)
    {
        var keys = file.Metadata;
        bool Has(string key) => keys.Find(key)?.Scalar is true;
        return !Has("clip.has_vision_encoder")
            && !Has("clip.has_audio_encoder")
            && (
                Has("clip.has_text_encoder")
                || file.Tensors.Any(tensor =>
                    tensor.Name.StartsWith("text_model.", StringComparison.Ordinal)
                    || tensor.Name.StartsWith("t.blk.", StringComparison.Ordinal)
                )
            );
    }
}
