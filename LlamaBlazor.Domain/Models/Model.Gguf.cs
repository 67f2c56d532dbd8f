namespace LlamaBlazor.Domain.Models;

// What the file itself says; written by scans, never by the user. Null is "the file does not say" (acceptance C1.9).
public sealed partial class Model
{
    /// <summary>Size of the file, or of all parts of a split set, in bytes.</summary>
    public long? FileSizeBytes { get; set; }

    /// <summary>When the file last changed, in Unix milliseconds: with the size, the key of an incremental rescan.</summary>
    public long? FileModifiedAt { get; set; }

    /// <summary>Size and hash of the header, by which a moved file is recognised.</summary>
    public string? Fingerprint { get; set; }

    /// <summary>File format with its version, such as <c>GGUF v3</c>.</summary>
    public string? Format { get; set; }

    /// <summary><c>general.architecture</c>.</summary>
    public string? Architecture { get; set; }

    /// <summary>Number of weights.</summary>
    public long? ParameterCount { get; set; }

    /// <summary>Size label for people, such as <c>7B</c>.</summary>
    public string? Params { get; set; }

    /// <summary>Quantisation, such as <c>Q4_K_M</c>.</summary>
    public string? Quantization { get; set; }

    /// <summary><c>general.file_type</c> as stored.</summary>
    public long? FileType { get; set; }

    /// <summary>Context the model was trained with, in tokens.</summary>
    public long? ContextLength { get; set; }

    /// <summary>Width of the hidden state.</summary>
    public long? EmbeddingSize { get; set; }

    /// <summary>Number of transformer blocks.</summary>
    public long? BlockCount { get; set; }

    /// <summary>Attention heads; the largest where layers differ.</summary>
    public long? HeadCount { get; set; }

    /// <summary>Key and value heads; the largest where layers differ.</summary>
    public long? HeadCountKv { get; set; }

    /// <summary>Width of the feed-forward layers; the largest where layers differ.</summary>
    public long? FfnDim { get; set; }

    /// <summary>Number of tokens in the vocabulary.</summary>
    public long? VocabSize { get; set; }

    /// <summary>Parts of a split set; 1 for a single file.</summary>
    public long? SplitCount { get; set; }

    /// <summary>Parts of a split set that are not on disk, as a JSON array of numbers from 1, or null.</summary>
    public string? SplitMissing { get; set; }

    /// <summary>Projector found beside the file; used when no other is set.</summary>
    public string? ProjectorPath { get; set; }

    /// <summary><c>tokenizer.chat_template</c>; null means a base model.</summary>
    public string? ChatTemplateText { get; set; }

    /// <summary>Header keys (long arrays as counts), as a JSON object.</summary>
    public string? MetadataJson { get; set; }
}
