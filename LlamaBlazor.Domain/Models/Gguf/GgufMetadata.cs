using System.Collections.Frozen;

namespace LlamaBlazor.Domain.Models.Gguf;

/// <summary>The keys of a header, by name and in order. Every accessor answers null where the key is missing or of another kind.</summary>
/// <param name="entries">Keys in the order of the file; no key twice.</param>
public sealed class GgufMetadata(IReadOnlyList<GgufEntry> entries)
{
    private readonly FrozenDictionary<string, GgufValue> _byKey = entries.ToFrozenDictionary(entry => entry.Key, entry => entry.Value);

    /// <summary>All of them in the order of the file.</summary>
    public IReadOnlyList<GgufEntry> Entries => entries;

    /// <summary><c>general.architecture</c>.</summary>
    public string? Architecture => Text("general.architecture");

    /// <summary>The value of a key, or null.</summary>
    /// <param name="key">As stored.</param>
    public GgufValue? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>A text.</summary>
    /// <param name="key">As stored.</param>
    public string? Text(string key) => Find(key)?.Scalar as string;

    /// <summary>A whole number of any width, or the largest of an array of them (per-layer settings).</summary>
    /// <param name="key">As stored.</param>
    public long? Number(string key) =>
        Find(key) switch
        {
            { Scalar: { } scalar } => Whole(scalar),
            { Items: { Count: > 0 } items } when items.All(item => Whole(item) is not null) => items.Max(Whole),
            _ => null,
        };

    /// <summary>A number, whole or not.</summary>
    /// <param name="key">As stored.</param>
    public double? Real(string key) =>
        Find(key)?.Scalar switch
        {
            float value => value,
            double value => value,
            { } other => Whole(other),
            _ => null,
        };

    /// <summary>A flag; numbers count as true unless 0.</summary>
    /// <param name="key">As stored.</param>
    public bool? Flag(string key) =>
        Find(key)?.Scalar switch
        {
            bool value => value,
            { } other => Whole(other) is { } number ? number != 0 : null,
            _ => null,
        };

    /// <summary>An array of whole numbers or flags (as 0 and 1), kept whole; null for anything else.</summary>
    /// <param name="key">As stored.</param>
    public IReadOnlyList<long>? Numbers(string key)
    {
        if (Find(key) is not { Type: GgufType.Array, IsCut: false } value)
            return null;
        var numbers = value
            .Items.Select(item =>
                item is bool flag
                    ? flag
                        ? 1
                        : 0
                    : Whole(item)
            )
            .ToList();
        return numbers.Contains(null) ? null : [.. numbers.Select(number => number!.Value)];
    }

    /// <summary>The kept texts of an array.</summary>
    /// <param name="key">As stored.</param>
    public IReadOnlyList<string> Texts(string key) => [.. (Find(key)?.Items ?? []).OfType<string>()];

    /// <summary>Items of an array, kept or not.</summary>
    /// <param name="key">As stored.</param>
    public long? Count(string key) => Find(key) is { Type: GgufType.Array } value ? value.Count : null;

    /// <summary>A key of the architecture: <c>{arch}.context_length</c>.</summary>
    /// <param name="key">Without the architecture.</param>
    public string Of(string key) => $"{Architecture}.{key}";

    private static long? Whole(object value) => value is long number ? number : null;
}
