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
}
