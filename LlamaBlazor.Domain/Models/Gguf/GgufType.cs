namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>Types of header values, numbered as in the file (llama.cpp, <c>gguf_type</c>).</summary>
public enum GgufType
{
    /// <summary>1 byte, unsigned.</summary>
    U8 = 0,

    /// <summary>1 byte, signed.</summary>
    I8 = 1,

    /// <summary>2 bytes, unsigned.</summary>
    U16 = 2,

    /// <summary>2 bytes, signed.</summary>
    I16 = 3,

    /// <summary>4 bytes, unsigned.</summary>
    U32 = 4,

    /// <summary>4 bytes, signed.</summary>
    I32 = 5,

    /// <summary>4 bytes, IEEE 754.</summary>
    F32 = 6,

    /// <summary>1 byte; any value but 0 is true.</summary>
    Bool = 7,

    /// <summary>Length of 8 bytes, then UTF-8.</summary>
    Text = 8,

    /// <summary>Element type of 4 bytes, count of 8 bytes, then the items.</summary>
    Array = 9,

    /// <summary>8 bytes, unsigned.</summary>
    U64 = 10,

    /// <summary>8 bytes, signed.</summary>
    I64 = 11,

    /// <summary>8 bytes, IEEE 754.</summary>
    F64 = 12,
}

/// <summary>Sizes and names of <see cref="GgufType"/>.</summary>
public static class GgufTypes
{
    private static readonly string[] Names =
    [
        "u8",
        "i8",
        "u16",
        "i16",
        "u32",
        "i32",
        "f32",
        "bool",
        "string",
        "array",
        "u64",
        "i64",
        "f64",
    ];

    /// <summary>Whether the number of the file is a type at all.</summary>
    /// <param name="type">As read.</param>
    public static bool IsKnown(this GgufType type) => type is >= GgufType.U8 and <= GgufType.F64;

    /// <summary>Bytes of one value, or 0 where that depends on the value (string, array).</summary>
    /// <param name="type">A known type.</param>
    public static int Size(this GgufType type) =>
        type switch
        {
            GgufType.U8 or GgufType.I8 or GgufType.Bool => 1,
            GgufType.U16 or GgufType.I16 => 2,
            GgufType.U32 or GgufType.I32 or GgufType.F32 => 4,
            GgufType.U64 or GgufType.I64 or GgufType.F64 => 8,
            _ => 0,
        };

    /// <summary>Short name, such as <c>u32</c>, as llama.cpp prints it.</summary>
    /// <param name="type">A known type.</param>
    public static string Name(this GgufType type) => type.IsKnown() ? Names[(int)type] : $"type {(int)type}";
}
