namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>What the header of one file says. The tensor data itself is never read.</summary>
public sealed record GgufFile
{
    /// <summary>2 or 3.</summary>
    public required uint Version { get; init; }

    /// <summary>Written on a machine with the highest byte first; llama.cpp on x86 and ARM refuses such a file.</summary>
    public required bool BigEndian { get; init; }

    /// <summary>Padding of tensor data in bytes; a power of two.</summary>
    public required long Alignment { get; init; }

    /// <summary>Bytes of the whole file.</summary>
    public required long FileSize { get; init; }

    /// <summary>Where the tensor data starts.</summary>
    public required long DataOffset { get; init; }

    /// <summary>The keys.</summary>
    public required GgufMetadata Metadata { get; init; }

    /// <summary>The tensors in the order of the file.</summary>
    public required IReadOnlyList<GgufTensor> Tensors { get; init; }

    /// <summary>Number of weights in this file.</summary>
    public long ParameterCount => Tensors.Sum(tensor => tensor.Weights);

    /// <summary>Bytes and tensors by format, most bytes first.</summary>
    public IReadOnlyList<GgufTypeShare> Types =>
        [
            .. Tensors
                .GroupBy(tensor => tensor.TypeName)
                .Select(group => new GgufTypeShare(
                    group.Key,
                    group.Count(),
                    group.Sum(tensor => tensor.Weights),
                    group.Sum(tensor => tensor.Bytes)
                ))
                .OrderByDescending(share => share.Bytes),
        ];

    /// <summary>The parts of a split set as one file: the keys of the first, the tensors of all.</summary>
    /// <param name="parts">At least one, in order.</param>
    public static GgufFile Join(IReadOnlyList<GgufFile> parts) =>
        parts.Count == 1
            ? parts[0]
            : parts[0] with
            {
                FileSize = parts.Sum(part => part.FileSize),
                Tensors = [.. parts.SelectMany(part => part.Tensors)],
            };
}

/// <summary>How much of a file is in one format.</summary>
/// <param name="Type">Name of the format.</param>
/// <param name="Tensors">Number of tensors.</param>
/// <param name="Weights">Number of weights.</param>
/// <param name="Bytes">Size of their data.</param>
public sealed record GgufTypeShare(string Type, int Tensors, long Weights, long Bytes);
