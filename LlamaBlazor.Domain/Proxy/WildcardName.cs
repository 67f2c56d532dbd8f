namespace LlamaBlazor.Domain.Proxy;

/// <summary>
/// An alias with one <c>*</c> for any letters, none included: <c>claude-*</c>, <c>gpt-*</c>, <c>*</c>. Of several that match a name, the
/// one with the most
/// letters of its own counts.
/// </summary>
/// <param name="Start">What a name begins with.</param>
/// <param name="End">What it ends with.</param>
public sealed record WildcardName(string Start, string End)
{
    /// <summary>The sign for any letters.</summary>
    public const char Sign = '*';

    /// <summary>Letters of its own.</summary>
    public int Weight => Start.Length + End.Length;

    /// <summary>Reads a name; null where it has no sign, or more than one.</summary>
    /// <param name="name">The name.</param>
    public static WildcardName? Read(string name)
    {
        var at = name.IndexOf(Sign, StringComparison.Ordinal);
        return at < 0 || name.LastIndexOf(Sign) != at ? null : new WildcardName(name[..at], name[(at + 1)..]);
    }

    /// <summary>Whether a name is meant, without regard to case.</summary>
    /// <param name="name">The name asked for.</param>
    public bool Matches(string name) =>
        name.Length >= Weight
        && name.StartsWith(Start, StringComparison.OrdinalIgnoreCase)
        && name.EndsWith(End, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a name could be meant by both while neither is the closer one.</summary>
    /// <param name="other">Another one.</param>
    public bool Contradicts(WildcardName other) =>
        Weight == other.Weight && Overlap(Start, other.Start, fromEnd: false) && Overlap(End, other.End, fromEnd: true);

    private static bool Overlap(string one, string other, bool fromEnd)
    {
        var (shorter, longer) = one.Length <= other.Length ? (one, other) : (other, one);
        return fromEnd
            ? longer.EndsWith(shorter, StringComparison.OrdinalIgnoreCase)
            : longer.StartsWith(shorter, StringComparison.OrdinalIgnoreCase);
    }
}
