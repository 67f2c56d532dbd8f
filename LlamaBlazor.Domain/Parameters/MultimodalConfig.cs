namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Projectors for images and sound: one row of <c>model_multimodal_config</c> a model.
/// Every setting is nullable: null says nothing to llama-server, which then uses its own default (docs/adr/002-nullable-parameters.md).
/// </summary>
public sealed class MultimodalConfig : ModelConfigRecord
{
    /// <summary>Vision or audio projector file. <c>--mmproj</c>.</summary>
    public string? Mmproj { get; set; }

    /// <summary>Address to download the projector from. <c>--mmproj-url</c>.</summary>
    public string? MmprojUrl { get; set; }

    /// <summary>Pick up a projector found next to the model. <c>--mmproj-auto</c>.</summary>
    public bool? MmprojAuto { get; set; }

    /// <summary>Run the projector on the GPU. <c>--mmproj-offload</c>.</summary>
    public bool? MmprojOffload { get; set; }

    /// <summary>Fewest tokens per picture (unset: from the model). <c>--image-min-tokens</c>, 1 to ….</summary>
    public long? ImageMinTokens { get; set; }

    /// <summary>Most tokens per picture (unset: from the model). <c>--image-max-tokens</c>, 1 to ….</summary>
    public long? ImageMaxTokens { get; set; }

    /// <summary>Most picture tokens encoded in one batch. <c>--mtmd-batch-max-tokens</c>, 1 to ….</summary>
    public long? MtmdBatchMaxTokens { get; set; }

    /// <summary>Guide speech output word by word. <c>--tts-use-guide-tokens</c>.</summary>
    public bool? TtsUseGuideTokens { get; set; }
}
