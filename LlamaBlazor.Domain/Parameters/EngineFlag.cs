namespace LlamaBlazor.Domain.Parameters;

/// <summary>A spelling that an engine lists.</summary>
/// <param name="Name">Such as <c>--ctx-size</c>.</param>
/// <param name="Values">Values that follow it: 0 for a switch, else 1 or more; <see cref="Either"/> where the help leaves it open.</param>
/// <param name="Hint">
/// Form of the value as the help writes it, such as <c>[on|off|auto]</c>, with a comma where several may stand in one row; null for a
/// switch.
/// </param>
public sealed record EngineFlag(string Name, int Values, string? Hint = null)
{
    /// <summary>With a value or without: the help shows none but a default that is no switch's, or puts the value into brackets.</summary>
    public const int Either = -1;

    /// <summary>The word for on or off in the form of the value; null where that form has none.</summary>
    /// <param name="on">True for the word that switches on.</param>
    public string? Word(bool on)
    {
        var words = (Hint ?? "").Split(['[', ']', '(', ')', '{', '}', '<', '>', '|', ',', ' '], StringSplitOptions.RemoveEmptyEntries);
        string[] wanted = on ? ["on", "true", "1", "enabled"] : ["off", "false", "0", "disabled"];
        return wanted.FirstOrDefault(word => words.Any(listed => listed.StartsWith(word, StringComparison.Ordinal)));
    }
}
