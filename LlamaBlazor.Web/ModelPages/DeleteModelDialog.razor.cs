using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using Microsoft.AspNetCore.Components;
using Radzen;

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
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    /// <summary>Returns whether it was deleted.</summary>
    internal static async Task<bool> OpenAsync(DialogService dialogs, IReadOnlyList<long> ids, string name) =>
        await dialogs.OpenAsync<DeleteModelDialog>(
            ids.Count == 1 ? "Delete this model?" : "Delete these models?",
            new Dictionary<string, object?> { [nameof(Ids)] = ids, [nameof(Name)] = name },
            new DialogOptions { Width = "min(32rem, calc(100vw - 2rem))", CloseDialogOnEsc = true }
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
        Notifications.Notify(
            DeletionToast.Of(
                Ids.Count == 1 ? $"{Name} has left the library." : $"{Name} have left the library.",
                _files ? null : deleted.Value.Undo,
                UndoAsync
            )
        );
        Dialogs.Close(true);
    }

    // The dialog has gone by then: what it needs are services that live as long as the page.
    private async Task UndoAsync(long deletion)
    {
        var back = await Undo.UndoAsync(deletion);
        if (back.Failure is { } failure)
            Notifications.Notify(NotificationSeverity.Error, "Not brought back", failure.Message, 12_000);
        else
            Notifications.Notify(
                NotificationSeverity.Success,
                "Brought back",
                Ids.Count == 1
                    ? $"{Name} is in the library again, with its settings."
                    : $"{Name} are in the library again, with their settings."
            );
    }
}
