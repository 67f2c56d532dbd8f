using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Parameters.Engines;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace LlamaBlazor.Web.Parameters;

/// <summary>One tab of settings: of a model, or the server settings where <see cref="ModelId"/> is null. Only the open tab is rendered; its
/// edits wait on the shelf.</summary>
public sealed partial class ParameterForm : LiveComponent
{
    private ParameterDraft? _draft;
    private EngineCapabilities? _engine;
    private bool _saving;
    private bool _missing;
    private bool _shown;
    private PathChooser? _chooser;
    private IReadOnlyDictionary<string, string> _missingPaths = new Dictionary<string, string>();

    /// <summary>The model, or null for the server settings.</summary>
    [Parameter]
    public long? ModelId { get; set; }

    /// <summary>Name of the tab; see <see cref="ParameterTabs"/>.</summary>
    [Parameter, EditorRequired]
    public string Tab { get; set; } = "";

    [Inject]
    private ParameterStore Store { get; set; } = null!;

    [Inject]
    private DraftShelf Shelf { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private InstanceRegistry Instances { get; set; } = null!;

    [Inject]
    private EngineDirectory Engines { get; set; } = null!;

    private ParameterDraft? Draft => _draft;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private IReadOnlyList<string> Sections =>
        [.. Groups.SelectMany(group => group.Definitions).Select(definition => definition.Section!).Distinct()];

    private IReadOnlyList<ParameterGroup> Groups { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(
            Store.Changes,
            change =>
            {
                if (change.ModelId is null || change.ModelId == ModelId)
                    _ = InvokeAsync(LoadAsync);
            }
        );
        Groups = ParameterTabs.Groups(Tab);
        await LoadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_draft is null || _shown)
            return;
        _shown = true;
        await ShowAsync("showNamed");
    }

    private async Task ShowAsync(string which)
    {
        try
        {
            await using var module = await Script.InvokeAsync<IJSObjectReference>("import", Left, "./js/parameters.js");
            await module.InvokeVoidAsync(which, Left);
        }
        catch (Exception error) when (error is JSDisconnectedException or OperationCanceledException)
        {
            // The page was left meanwhile.
        }
    }

    private async Task LoadAsync()
    {
        var state = await Task.Run(() => FormState.ReadAsync(Store, ModelId, Left), Left);
        _missing = state is null;
        if (state is null)
            return;
        _draft ??= Shelf.Open(ModelId, Tab);
        _draft.Load(state.Inherited, state.Own, state.Revisions);
        StateHasChanged();
        await LookForPathsAsync();
        await ProbeAsync(state);
    }

    private async Task LookForPathsAsync()
    {
        var draft = _draft!;
        _missingPaths = await Task.Run(() => ParameterPaths.Missing(draft.Definitions, definition => draft.Value(definition.Column)), Left);
        StateHasChanged();
    }

    // After the form is shown: the first probe of an engine takes a moment.
    private async Task ProbeAsync(FormState state)
    {
        var engine = await Task.Run(() => Engines.FindAsync(state.EnginePath, Left, state.Variables), Left);
        var known = engine.IsSuccess ? engine.Value : null;
        if (ReferenceEquals(known, _engine))
            return;
        _engine = known;
        _draft!.DeviceCount = known is null ? null : DeviceKinds.Gpus(known.Devices).Count;
        StateHasChanged();
    }

    private Task Change((string Column, string Text) edit)
    {
        var definition = ParameterCatalogue.Current.FindColumn(edit.Column)!;
        _draft!.Type(definition, edit.Text);
        return definition.Kind == ParameterKind.Path || definition.NamesFiles ? LookForPathsAsync() : Task.CompletedTask;
    }

    private async Task BrowseAsync(string column)
    {
        var definition = ParameterCatalogue.Current.FindColumn(column)!;
        if (await _chooser!.ChooseAsync(definition, _draft!.Text(definition)) is { } path)
            await Change((column, path));
    }

    private void Reset(ParameterGroup group)
    {
        foreach (var definition in group.Definitions)
            _draft!.Type(definition, "");
    }

    private bool HasValues(ParameterGroup group) => group.Definitions.Any(definition => _draft!.Text(definition).Length > 0);

    private string? Warning(ParameterDefinition definition) =>
        _draft!.Warning(definition) ?? _missingPaths.GetValueOrDefault(definition.Column);

    private void Force((string Column, bool Force) edit) => _draft?.Force(ParameterCatalogue.Current.FindColumn(edit.Column)!, edit.Force);

    private void Discard() => _draft?.Discard();

    private async Task SaveAsync()
    {
        if (_draft is not { ChangeCount: > 0 } draft || _saving)
            return;
        if (draft.ErrorCount > 0)
        {
            Notices.Say(
                Severity.Error,
                "Nothing was saved",
                draft.ErrorCount == 1
                    ? "1 field cannot be saved as it is. The message stands beside it."
                    : $"{draft.ErrorCount} fields cannot be saved as they are. The messages stand beside them."
            );
            await ShowAsync("showInvalid");
            return;
        }

        _saving = true;
        try
        {
            var count = draft.ChangeCount;
            var result = await Store.SaveAsync(
                ModelId,
                [
                    .. draft
                        .Changes()
                        .Select(pair => new SectionChange(pair.Key, pair.Value.Values)
                        {
                            Forced = pair.Value.Forced,
                            Revision = pair.Value.Revision,
                        }),
                ],
                Left
            );
            if (result.IsSuccess)
                Saved(draft, count);
            else
                Refused(draft, result.Failure!);
        }
        finally
        {
            _saving = false;
        }

        await LoadAsync();
    }

    private void Saved(ParameterDraft draft, int count)
    {
        draft.Discard();
        var running = ModelId is { } id ? Instances.Find(id) is { IsActive: true } : Instances.Active.Any();
        Notices.Say(
            Severity.Success,
            $"Saved {Counted(count, "setting")}",
            running ? "What is running keeps its old settings until it is restarted." : ""
        );
    }

    // Somebody else saved first: the form reads their values, marks the fields that both changed, and the next save is meant.
    private void Refused(ParameterDraft draft, Failure failure)
    {
        draft.Refuse(failure.Errors ?? new Dictionary<string, string[]>());
        var (title, text) =
            failure.Kind == FailureKind.Conflict
                ? ("Saved elsewhere meanwhile", "The form now shows what is stored; your edits are still here. Save again to apply them.")
                : ("Nothing was saved", failure.Message);
        Notices.Say(failure.Kind == FailureKind.Conflict ? Severity.Warning : Severity.Error, title, text);
    }

    private string Placeholder(ParameterDefinition definition) =>
        ParameterText.Placeholder(definition, _draft!.Inherited.Get(definition.Column));

    private string? SourceOf(ParameterDefinition definition) =>
        _draft!.Value(definition.Column) is not null || _draft.Text(definition).Length > 0 ? "set here"
        : _draft.Inherited.Get(definition.Column) is not null ? "server"
        : null;

    private string? Unsupported(ParameterDefinition definition) =>
        _engine is null || _engine.Supports(definition) ? null : $"The engine {_engine.Name} has no {definition.Flag}.";

    private IReadOnlyList<string> Words(ParameterDefinition definition) =>
        definition.Column is "device" or "device_draft" ? [.. (_engine?.Devices ?? []).Select(device => device.Name).Append("none")]
        : definition.Choices.Count > 0 ? definition.Choices
        : definition.Suggestions;

    private static string Counted(int count, string word) => count == 1 ? $"1 {word}" : $"{count} {word}s";
}
