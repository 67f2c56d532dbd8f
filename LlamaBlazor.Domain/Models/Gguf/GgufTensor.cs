namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>One tensor of the table.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="TypeId">Number of its format as stored.</param>
/// <param name="Shape">Sizes, fastest dimension first; 0 to 4 of them.</param>
/// <param name="Weights">Product of the sizes.</param>
/// <param name="Offset">Bytes from the start of the data.</param>
/// <param name="Bytes">Size of its data; where the format is not known, the bytes up to the next tensor.</param>
public sealed record GgufTensor(string Name, int TypeId, IReadOnlyList<long> Shape, long Weights, long Offset, long Bytes)
{
    /// <summary>Its format, or null when this program does not know it.</summary>
    public GgmlType? Type => GgmlType.Find(TypeId);

    /// <summary>Name of the format for people.</summary>
    public string TypeName => Type?.Name ?? $"unknown ({TypeId})";

    /// <summary>The block it belongs to (<c>blk.12.…</c>), or null.</summary>
    public int? Block
    {
        get
        {
            var dot = Name.StartsWith("blk.", StringComparison.Ordinal) ? Name.IndexOf('.', 4) : -1;
            return dot > 4 && int.TryParse(Name.AsSpan(4, dot - 4), System.Globalization.NumberStyles.None, null, out var block)
                ? block
                : null;
        }
    }
}
