namespace LlamaBlazor.Domain.Parameters;

/// <summary>Collects the words of a command line in the spellings an engine knows, and what had to be left out.</summary>
/// <param name="engine">What the engine can do, or null when that is not known.</param>
internal sealed class WordList(EngineCapabilities? engine)
{
    private readonly List<string> _words = [];
    private readonly List<string> _warnings = [];

    public IReadOnlyList<string> Words => _words;

    public IReadOnlyList<string> Warnings => _warnings;

    public void AddRange(IEnumerable<string> words) => _words.AddRange(words);

    public void Warn(IEnumerable<string> warnings) => _warnings.AddRange(warnings);

    /// <summary>Adds the flag, or its negation where it has one.</summary>
    public void AddSwitch(ParameterDefinition definition, bool on)
    {
        if (!on && definition.Negation is null)
            return;
        if (Spell(definition, negated: !on) is { } word)
            _words.Add(word);
    }

    /// <summary>Adds the flag and its values.</summary>
    public void AddValue(ParameterDefinition definition, params string[] values)
    {
        if (Spell(definition, negated: false) is not { } word)
            return;
        _words.Add(word);
        _words.AddRange(values);
    }

    /// <summary>Whether the engine is known to lack a flag of the user's own.</summary>
    public bool Lacks(string flag) => engine is not null && !engine.Lists(flag);

    /// <summary>Values that a flag of the user's own takes; null where the engine is not known.</summary>
    public int? ValuesOf(string flag) => engine?.Values(flag);

    private string? Spell(ParameterDefinition definition, bool negated)
    {
        if (engine is null)
            return negated ? definition.Negation : definition.Flag;
        var word = engine.Spell(definition, negated);
        if (word is null)
            _warnings.Add($"{definition.Label}: left out, because this engine ({engine.Version}) has no {(negated ? definition.Negation : definition.Flag)}.");
        return word;
    }
}
