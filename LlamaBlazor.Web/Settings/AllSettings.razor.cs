using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace LlamaBlazor.Web.Settings;

/// <summary>Every option of the dashboard by group. What is typed stays when a save is refused, and when somebody else saves.</summary>
public sealed partial class AllSettings
{
    // Those that have a form of their own on the page.
    private static readonly HashSet<string> Above =
    [
        "ModelDirectories",
        "EnginePath",
        "PortRange",
        "Security:StorePrompts",
        "Cache:TtlSeconds",
        "Cache:MaxSizeMb",
    ];

    private readonly SettingDraft _draft = new();
    private IReadOnlyList<SettingState> _states = [];
    private string? _search;
    private int _pending;
    private bool _saving;

    [Inject]
    internal SettingStore Store { get; set; } = null!;

    [Inject]
    internal Broadcast<SettingsChanged> Changes { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    private IReadOnlyList<IGrouping<string, SettingState>> Shown =>
        [.. _states.Where(state => IsFound(state.Definition)).GroupBy(state => state.Definition.Group)];

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Watch(Changes, changed => _ = InvokeAsync(Look));
        Look();
    }

    private static bool IsAbove(SettingState state) => Above.Contains(state.Definition.ShortKey);

    private void Look()
    {
        _states = Store.List();
        _pending = _states.Count(state => state.Pending is not null);
    }

    // Each word, anywhere in name, key, help or heading.
    private bool IsFound(SettingDefinition definition) =>
        (_search ?? "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .All(word =>
                $"{definition.Label} {definition.Key} {definition.Help} {definition.Group}".Contains(
                    word,
                    StringComparison.OrdinalIgnoreCase
                )
            );

    private void Type(SettingState state, string text) => _draft.Type(state, text);

    // What is shown and counted on the button: an edit that the search hides stays one.
    private async Task SaveAsync(List<SettingState> states)
    {
        if (_saving || _draft.Read(states) is not { } edits)
            return;
        _saving = true;
        try
        {
            var saved = await Store.SaveAsync(edits);
            if (saved.Failure is { } failure)
            {
                _draft.Refuse(failure);
                Notices.Say(Severity.Error, "Not saved", failure.Message);
                return;
            }

            _draft.Discard(states);
            Look();
            var waits = states.Any(state => edits.ContainsKey(state.Definition.Key) && state.Definition.NeedsRestart);
            Notices.Say(
                Severity.Success,
                "Settings saved",
                waits ? "Some count after the next start of the dashboard." : "They count from now on."
            );
        }
        finally
        {
            _saving = false;
        }
    }

    // In a form of this page it is an edit like others; elsewhere it counts at once.
    private async Task ResetAsync(SettingState state)
    {
        if (!IsAbove(state))
        {
            _draft.Type(state, "");
            return;
        }

        var reset = await Store.SaveAsync(new SettingEdits { [state.Definition.Key] = null });
        if (reset.Failure is { } failure)
            Notices.Say(Severity.Error, "Not reset", failure.Message);
        else
            Notices.Say(Severity.Success, $"{state.Definition.Label} is reset");
        Look();
    }

    private async Task AskToLeaveAsync(LocationChangingContext leaving)
    {
        if (_draft.IsDirty && !await Dialogs.ConfirmAsync("What was changed here is not saved.", "Leave this page?", "Leave", "Stay"))
            leaving.PreventNavigation();
    }
}
