namespace LlamaBlazor.Domain.Parameters;

/// <summary>Collects the words of a command line, spelled and valued as an engine knows them, and what had to be left out.</summary>
/// <param name="engine">What the engine can do, or null when that is not known.</param>
/// <param name="isBlind">True where the engine was asked and gave no answer: then it gets no flag that not all engines have.</param>
internal sealed class WordList(EngineCapabilities? engine, bool isBlind = false)
{
    private readonly List<string> _words = [];
    private readonly List<string> _warnings = [];

    public IReadOnlyList<string> Words => _words;

    public IReadOnlyList<string> Warnings => _warnings;

    public void AddRange(IEnumerable<string> words) => _words.AddRange(words);

    public void Warn(IEnumerable<string> warnings) => _warnings.AddRange(warnings);

    /// <summary>
    /// Adds the flag, or its negation where it has one. An engine that lists only the opposite does without a word what is wanted.
    /// </summary>
    public void AddSwitch(ParameterDefinition definition, bool on)
    {
        var (flag, negation) = engine is null
            ? (definition.Flag, definition.Negation)
            : (engine.Spell(definition), engine.Spell(definition, negated: true));
        if (flag is not null && engine?.Find(flag) is { Values: > 0 } valued && (on || negation is null))
            AddChoice(definition, valued, on);
        else if ((on ? flag : negation) is { } word)
            _words.Add(word);
        else if ((on ? negation : flag) is null && (on || definition.Negation is not null))
            LeaveOut(definition, $"has no {(on ? definition.Flag : definition.Negation)}");
    }

    /// <summary>Adds the flag and its values.</summary>
    public void AddValue(ParameterDefinition definition, params string[] values)
    {
        var word = engine is null ? definition.Flag! : engine.Spell(definition);
        if (word is null)
            LeaveOut(definition, $"has no {definition.Flag}");
        else if (engine?.Find(word) is not { } listed)
            _words.AddRange([word, .. values]);
        else if (listed.Values == 0)
            AddBare(definition, word, values);
        else if (values is [var row] && IsRepeated(definition, listed, row))
            AddItems(definition, listed, row);
        else if (values.Length != 1 && listed.Values > 0 && listed.Values != values.Length)
            LeaveOut(definition, $"wants {listed.Values} words for {word}, not {values.Length}");
        else
            _words.AddRange([word, .. values]);
    }

    /// <summary>Why the engine is not to get a flag of the user's own, or null.</summary>
    public string? WhyNot(string flag) =>
        isBlind ? "it is not known whether this engine has it."
        : engine is not null && !engine.Lists(flag) ? "this engine does not list it."
        : null;

    /// <summary>Values that a flag of the user's own takes; null where the engine is not known.</summary>
    public int? ValuesOf(string flag) => engine?.Values(flag);

    private void AddChoice(ParameterDefinition definition, EngineFlag listed, bool on)
    {
        if (listed.Word(on) is { } choice)
            _words.AddRange([engine!.Spell(definition)!, choice]);
        else
            LeaveOut(definition, $"wants a value for {listed.Name}: {listed.Hint}");
    }

    // A choice of on and off was a switch in older builds, and off, or left to them, without it.
    private void AddBare(ParameterDefinition definition, string word, string[] values)
    {
        var isChoice = definition.Choices.Contains("on") || definition.Choices.SequenceEqual(["0", "1"]);
        if (isChoice && values is ["on" or "1"])
            _words.Add(word);
        else if (isChoice && values is ["off" or "0"] && $"--no-{word.TrimStart('-')}" is var negation && engine!.Lists(negation))
            _words.Add(negation);
        else if (!isChoice)
            LeaveOut(definition, $"takes no value for {word}");
    }

    // An item with a comma or a quote is only safe in a row.
    private static bool IsRepeated(ParameterDefinition definition, EngineFlag listed, string row) =>
        (definition.NamesFiles || definition.Column == "override_kv")
        && !row.Contains('"', StringComparison.Ordinal)
        && (listed.Values == 2 || listed.Hint?.Contains(',', StringComparison.Ordinal) == false);

    // One row of several was one flag each in older builds, the scale a word of its own.
    private void AddItems(ParameterDefinition definition, EngineFlag listed, string row)
    {
        var word = engine!.Spell(definition)!;
        foreach (var item in ParameterValue.Split(definition, row))
        {
            var colon = listed.Values == 2 ? item.LastIndexOf(':') : -1;
            _words.AddRange(colon > 0 ? [word, item[..colon], item[(colon + 1)..]] : [word, item]);
        }
    }

    private void LeaveOut(ParameterDefinition definition, string why) =>
        _warnings.Add($"{definition.Label}: left out, because this engine ({engine!.Name}) {why}.");
}
