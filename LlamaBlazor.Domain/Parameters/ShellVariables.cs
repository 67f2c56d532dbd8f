namespace LlamaBlazor.Domain.Parameters;

/// <summary>Variables that a pasted text sets, and the home folder.</summary>
/// <param name="home">The folder that HOME means, or null where it is not known.</param>
/// <param name="dialect">The shell: names of Windows have no case.</param>
internal sealed class ShellVariables(string? home, ShellDialect dialect)
{
    private static readonly string[] HomeNames = ["HOME", "USERPROFILE"];

    private readonly Dictionary<string, IReadOnlyList<string>> _values = new(
        dialect == ShellDialect.Posix ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase
    ); // at most one a word of a bounded text

    /// <summary>Names whose value was asked for.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names that programs started by the text see.</summary>
    public HashSet<string> Exported { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All that were set, with their values; those of lists have a blank between the items.</summary>
    public IEnumerable<(string Name, string Value)> All => _values.Select(pair => (pair.Key, string.Join(' ', pair.Value)));

    /// <summary>Sets a variable, or adds to it.</summary>
    public void Set(string name, IReadOnlyList<string> value, bool add = false)
    {
        if (add && _values.TryGetValue(name, out var before))
            value = value.Count == 1 && before.Count == 1 ? [before[0] + value[0]] : [.. before, .. value];
        _values[name] = value;
    }

    /// <summary>The value, in items where it is a list; null where nobody set it.</summary>
    public IReadOnlyList<string>? Find(string name)
    {
        if (_values.TryGetValue(name, out var value))
        {
            Used.Add(name);
            return value;
        }

        return home is not null && HomeNames.Contains(name, StringComparer.OrdinalIgnoreCase) ? [home] : null;
    }
}
