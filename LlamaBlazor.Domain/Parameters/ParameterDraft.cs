namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// The edits of one form before they are saved: what was typed is kept as it was typed, also where it is wrong, and survives somebody
/// else's save.
/// Bounded by the number of fields of its form.
/// </summary>
/// <param name="catalogue">The catalogue.</param>
/// <param name="definitions">The fields of the form.</param>
public sealed class ParameterDraft(ParameterCatalogue catalogue, IReadOnlyList<ParameterDefinition> definitions)
{
    private readonly Dictionary<string, (string Text, ParameterInput Input)> _edits = [];
    private readonly Dictionary<string, string> _refused = [];
    private readonly Dictionary<string, string> _conflicts = [];
    private readonly HashSet<string> _forceToggled = [];
    private ILookup<string, ParameterIssue>? _issues;

    /// <summary>Told after each edit and each time that edits go.</summary>
    public event Action? Changed;

    /// <summary>The fields of the form.</summary>
    public IReadOnlyList<ParameterDefinition> Definitions => definitions;

    /// <summary>What the form edits, as it was last read.</summary>
    public ParameterSet Own { get; private set; } = ParameterSet.Empty;

    /// <summary>What holds where the form sets nothing, above the engine's defaults.</summary>
    public ParameterSet Inherited { get; private set; } = ParameterSet.Empty;

    /// <summary>Revisions by section, as they were last read.</summary>
    public IReadOnlyDictionary<string, long> Revisions { get; private set; } = new Dictionary<string, long>();

    /// <summary>GPUs that the engine sees; null while that is not known.</summary>
    public int? DeviceCount
    {
        get;
        set => (field, _issues) = (value, null);
    }

    /// <summary>Number of fields that would be saved.</summary>
    public int ChangeCount => _edits.Keys.Union(_forceToggled).Count();

    /// <summary>Number of changed fields that cannot be saved as they are.</summary>
    public int ErrorCount => _edits.Keys.Count(column => Error(catalogue.FindColumn(column)!) is not null);

    /// <summary>Number of changed fields that somebody else has changed as well.</summary>
    public int ConflictCount => _conflicts.Count;

    /// <summary>Takes over what is stored now. Edits stay; those that meet another value than they started from are marked.</summary>
    /// <param name="inherited">What holds where the form sets nothing.</param>
    /// <param name="own">What the form edits.</param>
    /// <param name="revisions">Revisions by section.</param>
    public void Load(ParameterSet inherited, ParameterSet own, IReadOnlyDictionary<string, long> revisions)
    {
        foreach (var definition in definitions.Where(definition => _edits.ContainsKey(definition.Column)))
        {
            var (before, now) = (Own.Get(definition.Column), own.Get(definition.Column));
            if (!ParameterValue.AreEqual(definition, before, now))
            {
                var words =
                    now is null ? "default"
                    : definition.Secret ? "another secret"
                    : Shown(definition, now);
                _conflicts[definition.Column] = $"Saved elsewhere meanwhile as {words}. Saving overwrites it.";
            }

            if (_edits[definition.Column].Input is { Error: null } input && ParameterValue.AreEqual(definition, input.Value, now))
                Forget(definition.Column);
        }

        (Inherited, Own, Revisions) = (inherited, own, revisions);
        _forceToggled.RemoveWhere(column => Own.Get(column) is null && !_edits.ContainsKey(column));
        _issues = null;
        Changed?.Invoke();
    }

    /// <summary>Takes what was typed into a field.</summary>
    /// <param name="definition">The field.</param>
    /// <param name="text">The text; blank clears.</param>
    public void Type(ParameterDefinition definition, string? text)
    {
        var input = ParameterInput.FromText(definition, text);
        if (SecretEntries.AreIn(definition) && input.Value is string json)
            input = input with { Value = SecretEntries.Restore(json, Own.Get(definition.Column) as string) };
        _refused.Remove(definition.Column);
        _issues = null;
        if (
            input.Error is null && ParameterValue.AreEqual(definition, input.Value, Own.Get(definition.Column))
            || (definition.Secret && text == ShellText.Mask)
        )
            Forget(definition.Column);
        else
            _edits[definition.Column] = (text ?? "", input);
        Changed?.Invoke();
    }

    /// <summary>Chooses whether a value is passed on even where it equals the engine's default.</summary>
    /// <param name="definition">The field.</param>
    /// <param name="force">The choice.</param>
    public void Force(ParameterDefinition definition, bool force)
    {
        if (definition.CanForce && force != Own.Forced.Contains(definition.Column))
            _forceToggled.Add(definition.Column);
        else
            _forceToggled.Remove(definition.Column);
        Changed?.Invoke();
    }

    /// <summary>Drops all edits.</summary>
    public void Discard()
    {
        _edits.Clear();
        _forceToggled.Clear();
        _refused.Clear();
        _conflicts.Clear();
        _issues = null;
        Changed?.Invoke();
    }

    /// <summary>Shows errors that the store found.</summary>
    /// <param name="errors">Messages by column.</param>
    public void Refuse(IReadOnlyDictionary<string, string[]> errors)
    {
        foreach (var (column, messages) in errors)
            _refused[column] = string.Join(" ", messages);
    }

    /// <summary>Text of a field: what was typed, else what is set.</summary>
    /// <param name="definition">The field.</param>
    public string Text(ParameterDefinition definition)
    {
        if (_edits.TryGetValue(definition.Column, out var edit))
            return edit.Text;
        var value = Own.Get(definition.Column);
        return value is not null && definition.Secret ? ShellText.Mask : Shown(definition, value);
    }

    /// <summary>Whether a field differs from what is stored.</summary>
    /// <param name="definition">The field.</param>
    public bool IsChanged(ParameterDefinition definition) =>
        _edits.ContainsKey(definition.Column) || _forceToggled.Contains(definition.Column);

    /// <summary>Whether a value is passed on even where it equals the engine's default.</summary>
    /// <param name="definition">The field.</param>
    public bool IsForced(ParameterDefinition definition) =>
        Own.Forced.Contains(definition.Column) != _forceToggled.Contains(definition.Column);

    /// <summary>Why a field cannot be saved, or null.</summary>
    /// <param name="definition">The field.</param>
    public string? Error(ParameterDefinition definition) =>
        _edits.TryGetValue(definition.Column, out var edit) && edit.Input.Error is { } unreadable ? unreadable
        : _refused.TryGetValue(definition.Column, out var refused) ? refused
        : Issues()[definition.Column].FirstOrDefault(issue => issue.IsError)?.Message;

    /// <summary>What is accepted but will not do what it seems to, or null.</summary>
    /// <param name="definition">The field.</param>
    public string? Warning(ParameterDefinition definition) =>
        _conflicts.TryGetValue(definition.Column, out var conflict)
            ? conflict
            : Issues()[definition.Column].FirstOrDefault(issue => !issue.IsError)?.Message;

    /// <summary>Value of a field as it would be saved: null where it sets nothing or cannot be read.</summary>
    /// <param name="column">Name of a column.</param>
    public object? Value(string column) => _edits.TryGetValue(column, out var edit) ? edit.Input.Value : Own.Get(column);

    /// <summary>The edits by section, ready to save.</summary>
    public IReadOnlyDictionary<string, DraftSection> Changes() =>
        _edits
            .Keys.Union(_forceToggled)
            .GroupBy(column => catalogue.FindColumn(column)!.Section!)
            .ToDictionary(
                group => group.Key,
                group => new DraftSection(
                    group.Where(_edits.ContainsKey).ToDictionary(column => column, column => _edits[column].Input.Value),
                    group.Any(_forceToggled.Contains) ? [.. ForcedIn(group.Key)] : null,
                    Revisions.GetValueOrDefault(group.Key)
                )
            );

    private IEnumerable<string> ForcedIn(string section) =>
        Own
            .Forced.Union(_forceToggled)
            .Where(column => catalogue.FindColumn(column) is { } definition && definition.Section == section && IsForced(definition));

    private static string Shown(ParameterDefinition definition, object? value) =>
        ParameterInput.ToText(definition, value is string json && SecretEntries.AreIn(definition) ? SecretEntries.Mask(json) : value);

    private void Forget(string column)
    {
        _edits.Remove(column);
        _conflicts.Remove(column);
    }

    // Exclusive options are an error only inside the form; between form and inherited settings the form wins.
    private ILookup<string, ParameterIssue> Issues()
    {
        if (_issues is not null)
            return _issues;
        string Label(string column) => catalogue.FindColumn(column)?.Label ?? column;
        var single = definitions
            .Select(definition => ParameterValidator.Check(catalogue, definition, Value(definition.Column)))
            .OfType<ParameterIssue>();
        var errors = CrossFieldRules.Check(Value, Label).Where(issue => issue.IsError);
        var warnings = CrossFieldRules
            .Check(column => Value(column) ?? Inherited.Get(column), Label, DeviceCount)
            .Where(issue => !issue.IsError);
        return _issues = single.Concat(errors).Concat(warnings).ToLookup(issue => issue.Column);
    }
}

/// <summary>Edits of one section.</summary>
/// <param name="Values">New values by column; null clears.</param>
/// <param name="Forced">All columns of the section that are forced, or null where that is unchanged.</param>
/// <param name="Revision">The revision the edits started from.</param>
public sealed record DraftSection(IReadOnlyDictionary<string, object?> Values, IReadOnlyList<string>? Forced, long Revision);
