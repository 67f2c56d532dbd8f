namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>What a header may hold. The first group is llama.cpp's own (parameters.md, h); the second keeps memory and time bounded
/// whatever a header claims.</summary>
public static class GgufLimits
{
    /// <summary>Bytes of one text and items of one array.</summary>
    public const long Value = 1L << 30;

    /// <summary>Bytes of a tensor's name.</summary>
    public const int TensorName = 63;

    /// <summary>Dimensions of a tensor.</summary>
    public const int Dimensions = 4;

    /// <summary>Bytes of a key (GGUF specification).</summary>
    public const int Key = 65_535;

    /// <summary>Keys of one file; real ones have about 50.</summary>
    public const long Keys = 16_384;

    /// <summary>Tensors of one file; real ones have at most a few thousand.</summary>
    public const long Tensors = 32_768;

    /// <summary>Bytes from the start to the tensor data; vocabularies of 262,144 tokens take about 15 MiB.</summary>
    public const long Header = 512L << 20;

    /// <summary>Weights of one file: thirty times the largest model there is, and the sum over 99,999 parts stays far below 2^63.</summary>
    public const long Weights = 1L << 45;

    /// <summary>Bytes of one file; as many parts as a name can count still add up without overflow.</summary>
    public const long File = 1L << 45;

    /// <summary>Bytes of an architecture's name; the longest of llama.cpp has 20.</summary>
    public const int Architecture = 64;

    /// <summary>Items of arrays kept from one file, all together; what is beyond is counted, not kept.</summary>
    public const int KeptItems = 64 << 10;

    /// <summary>Bytes of text kept from one file, keys included; what is beyond is counted, not kept.</summary>
    public const int KeptText = 4 << 20;

    /// <summary>Bytes kept of one text; chat templates take up to 100 KiB.</summary>
    public const int KeptValue = 256 << 10;

    /// <summary>Numbers kept of one array: per-layer settings, whole.</summary>
    public const int KeptNumbers = 1024;

    /// <summary>Texts kept of one array: tags and languages, whole.</summary>
    public const int KeptTexts = 128;

    /// <summary>Items kept of an array that is longer than that: vocabularies.</summary>
    public const int KeptSample = 16;
}
