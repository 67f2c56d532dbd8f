using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>Asks before models are deleted, since their settings go with them: they can be brought back for half a minute.</summary>
public sealed partial class DeleteModelDialog
{
    private string? _failure;
    private bool _ignore;
    private bool _files;
    private bool _busy;

    [Parameter, EditorRequired]
    public IReadOnlyList<long> Ids { get; set; } = [];

    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    internal LibraryFiles Files { get; set; } = null!;

    [Inject]
    internal DeletionUndo Undo { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    /// <summary>Returns whether it was deleted.</summary>
    internal static async Task<bool> OpenAsync(Dialogs dialogs, IReadOnlyList<long> ids, string name) =>
        await dialogs.OpenAsync<DeleteModelDialog>(
            ids.Count == 1 ? "Delete this model?" : "Delete these models?",
            new Dictionary<string, object?> { [nameof(Ids)] = ids, [nameof(Name)] = name },
            MaxWidth.Small
        )
            is true;

    private async Task DeleteAsync()
    {
        _busy = true;
        _failure = _files ? (await Files.DeleteAsync(Ids)).Failure?.Message : null;
        // with the files, those that have none
        var deleted = _failure is null ? await Store.DeleteUndoablyAsync(Ids, _ignore && !_files) : default;
        _failure ??= deleted.Failure?.Message;
        _busy = false;
        if (_failure is not null)
            return;
        var words = Ids.Count == 1 ? $"{Name} has left the library." : $"{Name} have left the library.";
        if (!_files && deleted.Value.Undo is { } deletion)
            Notices.SayWithUndo("Deleted", words, DeletionUndo.Limit, () => UndoAsync(deletion.Id));
        else
            Notices.Say(Severity.Success, "Deleted", words);
        Dialogs.Close(true);
    }

    // The dialog has gone by then: what it needs are services that live as long as the page.
    private async Task UndoAsync(long deletion)
    {
        var back = await Undo.UndoAsync(deletion);
        if (back.Failure is { } failure)
            Notices.Say(Severity.Error, "Not brought back", failure.Message);
        else
            Notices.Say(
                Severity.Success,
                "Brought back",
                Ids.Count == 1
                    ? $"{Name} is in the library again, with its settings."
                    : $"{Name} are in the library again, with their settings."
            );
    }
}
