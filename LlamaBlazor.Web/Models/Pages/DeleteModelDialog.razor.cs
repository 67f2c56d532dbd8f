using LlamaBlazor.Web.Models.Library;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace LlamaBlazor.Web.Models.Pages;

/// <summary>Asks before models are deleted, since their settings cannot be brought back.</summary>
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
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    /// <summary>Returns whether it was deleted.</summary>
    internal static async Task<bool> OpenAsync(DialogService dialogs, IReadOnlyList<long> ids, string name) => await dialogs.OpenAsync<DeleteModelDialog>(
        ids.Count == 1 ? "Delete this model?" : "Delete these models?",
        new Dictionary<string, object?> { [nameof(Ids)] = ids, [nameof(Name)] = name },
        new DialogOptions { Width = "min(32rem, calc(100vw - 2rem))", CloseDialogOnEsc = true }) is true;

    private async Task DeleteAsync()
    {
        _busy = true;
        _failure = _files ? (await Files.DeleteAsync(Ids)).Failure?.Message : null;
        _failure ??= (await Store.DeleteManyAsync(Ids, _ignore && !_files)).Failure?.Message; // with the files, those that have none
        _busy = false;
        if (_failure is not null)
            return;
        Notifications.Notify(NotificationSeverity.Success, "Deleted", Ids.Count == 1 ? $"{Name} has left the library." : $"{Name} have left the library.");
        Dialogs.Close(true);
    }
}
