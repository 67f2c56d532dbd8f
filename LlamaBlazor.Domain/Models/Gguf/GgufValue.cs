namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>A value of the header. Long texts and arrays are cut; <see cref="Count"/> always tells the truth.</summary>
public sealed record GgufValue
{
    /// <summary>Type of the value.</summary>
    public required GgufType Type { get; init; }

    /// <summary>Type of an array's items; meaningless elsewhere.</summary>
    public GgufType Element { get; init; }

    /// <summary>Items of an array, bytes of a text, else 1.</summary>
    public long Count { get; init; } = 1;

    /// <summary>long, ulong (only above 2^63), float, double, bool or string; null for an array.</summary>
    public object? Scalar { get; init; }

    /// <summary>The first items of an array, each as <see cref="Scalar"/>; all of them unless <see cref="IsCut"/>.</summary>
    public IReadOnlyList<object> Items { get; init; } = [];

    /// <summary>True where not everything was kept.</summary>
    public bool IsCut { get; init; }

    /// <summary>Name of the type for people, such as <c>u32</c> or <c>string[]</c>.</summary>
    public string TypeName => Type == GgufType.Array ? Element.Name() + "[]" : Type.Name();
}

/// <summary>A key of the header and its value.</summary>
/// <param name="Key">As stored.</param>
/// <param name="Value">Its value.</param>
public sealed record GgufEntry(string Key, GgufValue Value);
