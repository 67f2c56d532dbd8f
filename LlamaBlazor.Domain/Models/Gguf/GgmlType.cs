using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>A number format of tensors: how many weights one block holds and how many bytes it takes (llama.cpp,
/// <c>ggml_type</c>).</summary>
/// <param name="Id">Number in the file.</param>
/// <param name="Name">Name, such as <c>Q4_K</c>.</param>
/// <param name="BlockSize">Weights in one block.</param>
/// <param name="BlockBytes">Bytes of one block.</param>
public sealed record GgmlType(int Id, string Name, int BlockSize, int BlockBytes)
{
    private static readonly FrozenDictionary<int, GgmlType> ById = Known().ToFrozenDictionary(type => type.Id);
    private static readonly FrozenDictionary<string, GgmlType> ByName = ById.Values.ToFrozenDictionary(
        type => type.Name,
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Bytes of one weight, on average.</summary>
    public double BytesPerWeight => (double)BlockBytes / BlockSize;

    /// <summary>All known types in the order of their numbers. Numbers in between were retired or are not stored in files.</summary>
    public static IReadOnlyList<GgmlType> All { get; } = [.. ById.Values.OrderBy(type => type.Id)];

    /// <summary>The type with a number, or null when this program does not know it.</summary>
    /// <param name="id">As read from the file.</param>
    public static GgmlType? Find(int id) => ById.GetValueOrDefault(id);

    /// <summary>The type with a name without regard to case (<c>f16</c>, <c>q8_0</c>: also the words of <c>--cache-type-k</c>), or
    /// null.</summary>
    /// <param name="name">Name of a type.</param>
    public static GgmlType? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Bytes of a number of weights; the number must be a multiple of <see cref="BlockSize"/>.</summary>
    /// <param name="weights">Number of weights, at most 2^63 / 8.</param>
    public long Bytes(long weights) => weights / BlockSize * BlockBytes;

    private static GgmlType[] Known() =>
        [
            new(0, "F32", 1, 4),
            new(1, "F16", 1, 2),
            new(2, "Q4_0", 32, 18),
            new(3, "Q4_1", 32, 20),
            new(6, "Q5_0", 32, 22),
            new(7, "Q5_1", 32, 24),
            new(8, "Q8_0", 32, 34),
            new(9, "Q8_1", 32, 36),
            new(10, "Q2_K", 256, 84),
            new(11, "Q3_K", 256, 110),
            new(12, "Q4_K", 256, 144),
            new(13, "Q5_K", 256, 176),
            new(14, "Q6_K", 256, 210),
            new(15, "Q8_K", 256, 292),
            new(16, "IQ2_XXS", 256, 66),
            new(17, "IQ2_XS", 256, 74),
            new(18, "IQ3_XXS", 256, 98),
            new(19, "IQ1_S", 256, 50),
            new(20, "IQ4_NL", 32, 18),
            new(21, "IQ3_S", 256, 110),
            new(22, "IQ2_S", 256, 82),
            new(23, "IQ4_XS", 256, 136),
            new(24, "I8", 1, 1),
            new(25, "I16", 1, 2),
            new(26, "I32", 1, 4),
            new(27, "I64", 1, 8),
            new(28, "F64", 1, 8),
            new(29, "IQ1_M", 256, 56),
            new(30, "BF16", 1, 2),
            new(34, "TQ1_0", 256, 54),
            new(35, "TQ2_0", 256, 66),
            new(39, "MXFP4", 32, 17),
            new(40, "NVFP4", 64, 36),
            new(41, "Q1_0", 128, 18),
        ];
}
