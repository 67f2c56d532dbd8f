namespace LlamaBlazor.Domain.Settings;

/// <summary>The value of a setting in its canonical words: none for no value or an empty list, one for a scalar, several for a
/// list.</summary>
/// <param name="items">The words.</param>
public sealed class SettingValue(params IReadOnlyList<string> items) : IEquatable<SettingValue>
{
    /// <summary>No value: no limit, nothing named, an empty list.</summary>
    public static SettingValue None { get; } = new();

    /// <summary>The words, in their order.</summary>
    public IReadOnlyList<string> Items { get; } = items;

    /// <summary>The word of a scalar, or null for none.</summary>
    public string? Text => Items.Count > 0 ? Items[0] : null;

    /// <inheritdoc/>
    public bool Equals(SettingValue? other) => other is not null && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SettingValue);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Items);
}
