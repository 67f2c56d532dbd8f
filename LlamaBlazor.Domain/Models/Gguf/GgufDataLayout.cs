namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>Sizes of tensors and where their data must lie: one behind the other, each padded, all inside the file (llama.cpp
/// <c>gguf.cpp</c>).</summary>
internal static class GgufDataLayout
{
    /// <summary>Padding where <c>general.alignment</c> does not say otherwise.</summary>
    public const long DefaultAlignment = 32;

    /// <summary>The next multiple of an alignment.</summary>
    public static long Pad(long offset, long alignment) => (offset + alignment - 1) & ~(alignment - 1);

    /// <summary>Weights and bytes of a shape, or what is wrong with it.</summary>
    public static (long Weights, long Bytes, string? Error) Measure(ReadOnlySpan<long> shape, GgmlType? type)
    {
        var weights = 1L;
        foreach (var size in shape)
        {
            if (size < 0)
                return (0, 0, "has a negative size");
            var product = Math.BigMul(weights, size, out weights);
            if (product != 0 || weights < 0)
                return (0, 0, "is larger than any memory");
        }

        if (type is null)
            return (weights, 0, null);
        if ((shape.Length > 0 ? shape[0] : 1) % type.BlockSize != 0)
            return (0, 0, $"has rows of {(shape.Length > 0 ? shape[0] : 1):N0} weights, which are no whole blocks of {type.Name}");
        return weights / type.BlockSize > long.MaxValue / 2 / type.BlockBytes
            ? (0, 0, "is larger than any memory")
            : (weights, type.Bytes(weights), null);
    }

    /// <summary>What is wrong with the places of the tensors, or null.</summary>
    /// <param name="tensors">In the order of the table.</param>
    /// <param name="alignment">Padding.</param>
    /// <param name="available">Bytes from the start of the data to the end of the file.</param>
    public static string? Check(IReadOnlyList<GgufTensor> tensors, long alignment, long available)
    {
        var expected = 0L;
        var sizeUnknown = false; // behind a tensor of a format we do not know, any place is taken as right
        foreach (var tensor in tensors)
        {
            if (tensor.Offset < expected)
                return $"The tensor '{tensor.Name}' overlaps the one before it";
            if (tensor.Offset % alignment != 0)
                return $"The tensor '{tensor.Name}' does not start at a multiple of {alignment:N0} bytes";
            if (tensor.Offset != expected && !sizeUnknown)
                return $"The tensor '{tensor.Name}' starts at {tensor.Offset:N0}; {expected:N0} was expected";
            if (tensor.Offset > available - tensor.Bytes)
                return $"The file is cut off: '{tensor.Name}' needs {tensor.Offset + tensor.Bytes - available:N0} more bytes. "
                    + "Download it again";
            sizeUnknown = tensor.Type is null;
            expected = Pad(tensor.Offset + tensor.Bytes, alignment);
        }

        return null;
    }

    /// <summary>The same tensors, those of unknown formats with the bytes up to the next one, or to the end of the file.</summary>
    /// <param name="tensors">In the order of the table, checked.</param>
    /// <param name="available">Bytes from the start of the data to the end of the file.</param>
    public static IReadOnlyList<GgufTensor> MeasureUnknown(IReadOnlyList<GgufTensor> tensors, long available)
    {
        if (tensors.All(tensor => tensor.Type is not null))
            return tensors;
        return
        [
            .. tensors.Select(
                (tensor, i) =>
                    tensor.Type is not null
                        ? tensor
                        : tensor with
                        {
                            Bytes = Math.Max(0, (i + 1 < tensors.Count ? tensors[i + 1].Offset : available) - tensor.Offset),
                        }
            ),
        ];
    }
}
