using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>Names of <c>general.file_type</c>: the mix of tensor types a file was quantised to (llama.cpp, <c>llama_ftype</c>).</summary>
public static class FileTypeNames
{
    /// <summary>Added to the number where the converter guessed it.</summary>
    public const long Guessed = 1024;

    private static readonly FrozenDictionary<long, string> Names = new Dictionary<long, string>
    {
        [0] = "F32",
        [1] = "F16",
        [2] = "Q4_0",
        [3] = "Q4_1",
        [7] = "Q8_0",
        [8] = "Q5_0",
        [9] = "Q5_1",
        [10] = "Q2_K",
        [11] = "Q3_K_S",
        [12] = "Q3_K_M",
        [13] = "Q3_K_L",
        [14] = "Q4_K_S",
        [15] = "Q4_K_M",
        [16] = "Q5_K_S",
        [17] = "Q5_K_M",
        [18] = "Q6_K",
        [19] = "IQ2_XXS",
        [20] = "IQ2_XS",
        [21] = "Q2_K_S",
        [22] = "IQ3_XS",
        [23] = "IQ3_XXS",
        [24] = "IQ1_S",
        [25] = "IQ4_NL",
        [26] = "IQ3_S",
        [27] = "IQ3_M",
        [28] = "IQ2_S",
        [29] = "IQ2_M",
        [30] = "IQ4_XS",
        [31] = "IQ1_M",
        [32] = "BF16",
        [36] = "TQ1_0",
        [37] = "TQ2_0",
        [38] = "MXFP4_MOE",
        [39] = "NVFP4",
        [40] = "Q1_0",
    }.ToFrozenDictionary();

    /// <summary>All names, for recognising one in a file name.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Names.Values];

    /// <summary>Name of a file type, guessed or not, or null when the number is retired or not known.</summary>
    /// <param name="fileType">As stored.</param>
    public static string? Find(long fileType) => Names.GetValueOrDefault(fileType >= Guessed ? fileType - Guessed : fileType);
}
