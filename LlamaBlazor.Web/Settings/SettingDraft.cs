using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Settings;

/// <summary>What is typed on the page and not saved yet: texts by key, at most one a setting. An empty text is the default.</summary>
internal sealed class SettingDraft
{
    private readonly Dictionary<string, string> _texts = [];
    private readonly Dictionary<string, string[]> _errors = [];

    /// <summary>Whether something is typed.</summary>
    public bool IsDirty => _texts.Count > 0;

    /// <summary>What is wrong with what is typed, by key.</summary>
    public IReadOnlyDictionary<string, string[]> Errors => _errors;

    /// <summary>How a setting that nobody has typed at is shown: nothing where it is the default.</summary>
    /// <param name="state">The setting.</param>
    public static string Shown(SettingState state) =>
        state.Source == SettingSource.Default || state.Definition.IsSecret
            ? ""
            : state.Definition.Kind switch
            {
                SettingKind.Switch => state.Value.Text == "true" ? "1" : "0",
                SettingKind.List => string.Join('\n', state.Value.Items),
                _ => state.Value.Text ?? (state.Definition.IsOptional ? SettingDefinition.NoneWord : ""),
            };

    /// <summary>What its field shows.</summary>
    /// <param name="state">The setting.</param>
    public string Text(SettingState state) => _texts.GetValueOrDefault(state.Definition.Key) ?? Shown(state);

    /// <summary>Takes what was typed.</summary>
    /// <param name="state">The setting.</param>
    /// <param name="text">The text.</param>
    public void Type(SettingState state, string text)
    {
        var key = state.Definition.Key;
        _errors.Remove(key);
        if (text == Shown(state))
            _texts.Remove(key);
        else
            _texts[key] = text;
    }

    /// <summary>How many of some settings are typed at.</summary>
    /// <param name="states">The settings.</param>
    public int Count(IEnumerable<SettingState> states) => states.Count(state => _texts.ContainsKey(state.Definition.Key));

    /// <summary>Forgets what was typed.</summary>
    /// <param name="states">At which settings.</param>
    public void Discard(IEnumerable<SettingState> states)
    {
        foreach (var state in states)
        {
            _texts.Remove(state.Definition.Key);
            _errors.Remove(state.Definition.Key);
        }
    }

    /// <summary>The edits of some settings; null where there are none, or where a text is no value, which <see cref="Errors"/> then
    /// say.</summary>
    /// <param name="states">The settings.</param>
    public SettingEdits? Read(IEnumerable<SettingState> states)
    {
        var edits = new SettingEdits();
        foreach (var definition in states.Select(state => state.Definition).Where(definition => _texts.ContainsKey(definition.Key)))
        {
            _errors.Remove(definition.Key);
            if (Parse(definition, _texts[definition.Key]) is not { } read)
                edits[definition.Key] = null;
            else if (read.IsSuccess)
                edits[definition.Key] = read.Value;
            else
                _errors[definition.Key] = read.Failure!.Errors![definition.Key];
        }

        return edits.Count == 0 || states.Any(state => _errors.ContainsKey(state.Definition.Key)) ? null : edits;
    }

    /// <summary>Takes the errors of a save that was refused.</summary>
    /// <param name="failure">Why.</param>
    public void Refuse(Failure failure)
    {
        foreach (var (key, words) in failure.Errors ?? new Dictionary<string, string[]>())
            _errors[key] = words;
    }

    // Null for the default.
    private static Result<SettingValue>? Parse(SettingDefinition definition, string text) =>
        string.IsNullOrWhiteSpace(text) ? (Result<SettingValue>?)null
        : definition.Kind == SettingKind.List ? definition.Parse(text.Split('\n'))
        : definition.Parse(definition.Kind == SettingKind.Switch ? (text == "1" ? "true" : "false") : text);
}
