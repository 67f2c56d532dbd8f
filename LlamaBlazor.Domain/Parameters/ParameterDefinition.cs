namespace LlamaBlazor.Domain.Parameters;

/// <summary>One option of llama-server, or one column without a flag, as the catalogue describes it.</summary>
public sealed record ParameterDefinition
{
    /// <summary>The preferred spelling, such as <c>--ctx-size</c>; null for a column that has no flag.</summary>
    public string? Flag { get; init; }

    /// <summary>Other spellings with the same meaning.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The spelling that switches it off, for <see cref="Emission.Pair"/>.</summary>
    public string? Negation { get; init; }

    /// <summary>Other spellings of the negation.</summary>
    public IReadOnlyList<string> NegationAliases { get; init; } = [];

    /// <summary>Environment variable that sets it.</summary>
    public string? Env { get; init; }

    /// <summary>Environment variable whose presence, with any value, switches it off.</summary>
    public string? EnvNegation { get; init; }

    /// <summary>The spelling to use where an older engine lacks <see cref="Flag"/>, or null.</summary>
    public string? OldestAlias { get; init; }

    /// <summary>The flag that took the place of a removed one.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>How a value is emitted.</summary>
    public Emission Emission { get; init; }

    /// <summary>What a value is.</summary>
    public ParameterKind Kind { get; init; }

    /// <summary>Section of the configuration, or null for options without a column.</summary>
    public string? Section { get; init; }

    /// <summary>Tab of the form.</summary>
    public string? Tab { get; init; }

    /// <summary>Heading inside the tab.</summary>
    public string Group { get; init; } = "";

    /// <summary>Column of the section's table; unique over all sections. Empty for options without one.</summary>
    public string Column { get; init; } = "";

    /// <summary>Name for people.</summary>
    public string Label { get; init; } = "";

    /// <summary>What it does, in our words.</summary>
    public string Description { get; init; } = "";

    /// <summary>A hazard or a fact worth knowing, or null.</summary>
    public string? Note { get; init; }

    /// <summary>What holds while it is empty, in words, where that is neither the engine's choice nor a value; null elsewhere.</summary>
    public string? Unset { get; init; }

    /// <summary>Form of the value as llama-server's help writes it, such as <c>N</c>.</summary>
    public string? ValueHint { get; init; }

    /// <summary>Unit of the number, such as tokens.</summary>
    public string? Unit { get; init; }

    /// <summary>Words it accepts; empty for free values.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Values worth offering where any text is accepted.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];

    /// <summary>Smallest value.</summary>
    public double? Min { get; init; }

    /// <summary>Largest value.</summary>
    public double? Max { get; init; }

    /// <summary>Who holds it to <see cref="Min"/> and <see cref="Max"/>.</summary>
    public LimitKind Limits { get; init; }

    /// <summary>Values inside the range that are refused all the same.</summary>
    public IReadOnlyList<long> Forbidden { get; init; } = [];

    /// <summary>The engine's own default in the column's type, or null where it depends on the machine or the model.</summary>
    public object? Default { get; init; }

    /// <summary>Type of the column's values: bool, long, double or string.</summary>
    public Type ValueType { get; init; } = typeof(string);

    /// <summary>True where saying the default aloud is not the same as saying nothing; only there may a value be forced.</summary>
    public bool CanForce { get; init; }

    /// <summary>True where an explicit value hides what the model file advises.</summary>
    public bool MasksModelMetadata { get; init; }

    /// <summary>True where the column says the opposite of the flag.</summary>
    public bool Inverted { get; init; }

    /// <summary>True for secrets: protected at rest, masked in answers, passed by environment.</summary>
    public bool Secret { get; init; }

    /// <summary>True for server settings that a model may override.</summary>
    public bool PerModel { get; init; }

    /// <summary>True for columns kept for compatibility and never emitted.</summary>
    public bool KeptOnly { get; init; }

    /// <summary>True for ready-made setups, which live in <c>custom_params</c>.</summary>
    public bool Shortcut { get; init; }

    /// <summary>True where the engine adds up several uses instead of taking the last.</summary>
    public bool Repeatable { get; init; }

    /// <summary>What a router does with it: instance, overwritten, stripped, router-only, refused, action or removed.</summary>
    public string Router { get; init; } = "instance";

    /// <summary>True where llama-fit-params accepts it too.</summary>
    public bool FitParams { get; init; }

    /// <summary>Build of llama.cpp that brought it.</summary>
    public string? Since { get; init; }

    /// <summary>True where a value is kept and never used: by llama.cpp any more, or since the dashboard decides it.</summary>
    public bool IsUnused =>
        KeptOnly || Group == "Decided by the dashboard" || (HasColumn && Emission is (Emission.Action or Emission.Removed));

    /// <summary>True where it has a column of its own.</summary>
    public bool HasColumn => Column.Length > 0;

    /// <summary>True for lists whose items are files, or files with a number behind a colon.</summary>
    public bool NamesFiles => Column is "lora" or "lora_scaled" or "control_vector" or "control_vector_scaled";

    /// <summary>
    /// What a spelling says for the column of a switch: the negation, and a column that says the opposite, turn it round.
    /// </summary>
    /// <param name="spelling">One of <see cref="Spellings"/>.</param>
    /// <param name="on">Whether the spelling is said, or denied.</param>
    public bool Says(string spelling, bool on) => on != IsNegation(spelling) != Inverted;

    /// <summary>Whether a spelling switches it off.</summary>
    /// <param name="spelling">One of <see cref="Spellings"/>.</param>
    public bool IsNegation(string spelling) => NegationAliases.Prepend(Negation).Contains(ParameterCatalogue.Normalise(spelling));

    /// <summary>All spellings, on and off.</summary>
    public IEnumerable<string> Spellings =>
        Flag is null ? [] : [Flag, .. Aliases, .. Negation is null ? [] : new[] { Negation }, .. NegationAliases];
}
