using Microsoft.AspNetCore.Components;
using Radzen;

namespace LlamaBlazor.Web.Models.Pages;

/// <summary>Asks before a model is deleted, since its settings cannot be brought back.</summary>
public sealed partial class DeleteModelDialog
{
    private string? _failure;
    private bool _ignore;
    private bool _busy;

    [Parameter, EditorRequired]
    public string Key { get; set; } = "";

    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    /// <summary>Returns whether it was deleted.</summary>
    internal static async Task<bool> OpenAsync(DialogService dialogs, string key, string name) => await dialogs.OpenAsync<DeleteModelDialog>(
        "Delete this model?",
        new Dictionary<string, object?> { [nameof(Key)] = key, [nameof(Name)] = name },
        new DialogOptions { Width = "min(32rem, calc(100vw - 2rem))", CloseDialogOnEsc = true }) is true;

    private async Task DeleteAsync()
    {
        _busy = true;
        var result = await Store.DeleteAsync(Key, _ignore);
        _busy = false;
        _failure = result.Failure?.Message;
        if (!result.IsSuccess)
            return;
        Notifications.Notify(NotificationSeverity.Success, "Deleted", $"{Name} has left the library.");
        Dialogs.Close(true);
    }
}
