using MudBlazor;

namespace LlamaBlazor.Web.Shared.Feedback;

/// <summary>Opens the dialogs of a page, all in one frame: Escape closes them, and so does leaving the page.</summary>
internal sealed class Dialogs(IDialogService service)
{
    private readonly List<IMudDialogInstance> _open = []; // bounded by what a person opens upon one another

    /// <summary>Opens a dialog and returns what it was closed with; null where it was given up.</summary>
    /// <typeparam name="TContent">What it shows; it closes itself by <see cref="Close"/>.</typeparam>
    /// <param name="title">Its heading.</param>
    /// <param name="parameters">Parameters of the content.</param>
    /// <param name="width">Its greatest width.</param>
    public async Task<object?> OpenAsync<TContent>(
        string title,
        IReadOnlyDictionary<string, object?> parameters,
        MaxWidth width = MaxWidth.Small
    )
        where TContent : Microsoft.AspNetCore.Components.IComponent
    {
        var dialog = await service
            .ShowAsync<DialogFrame>(
                title,
                new DialogParameters
                {
                    [nameof(DialogFrame.Content)] = typeof(TContent),
                    [nameof(DialogFrame.Parameters)] = parameters.ToDictionary(pair => pair.Key, pair => pair.Value!),
                },
                new DialogOptions
                {
                    MaxWidth = width,
                    FullWidth = true,
                    CloseButton = true,
                    CloseOnEscapeKey = true,
                    BackdropClick = false, // what was typed in it would be lost by a slip
                }
            )
            .ConfigureAwait(true);
        return await dialog.Result.ConfigureAwait(true) is { Canceled: false } result ? result.Data : null;
    }

    /// <summary>Asks for a decision. True when it was made.</summary>
    /// <param name="text">What would happen.</param>
    /// <param name="title">The question.</param>
    /// <param name="ok">The button that does it: a verb.</param>
    /// <param name="cancel">The button that does not.</param>
    /// <param name="destroys">True where it cannot be taken back.</param>
    public async Task<bool> ConfirmAsync(string text, string title, string ok, string cancel = "Cancel", bool destroys = false) =>
        await OpenAsync<ConfirmDialog>(
                title,
                new Dictionary<string, object?>
                {
                    [nameof(ConfirmDialog.Text)] = text,
                    [nameof(ConfirmDialog.Ok)] = ok,
                    [nameof(ConfirmDialog.Cancel)] = cancel,
                    [nameof(ConfirmDialog.Destroys)] = destroys,
                }
            )
            .ConfigureAwait(true)
            is true;

    /// <summary>A dialog is there. Told by its frame before anything in it can be pressed: opening it goes on later.</summary>
    public void Enter(IMudDialogInstance dialog) => _open.Add(dialog);

    /// <summary>It has gone.</summary>
    public void Leave(IMudDialogInstance dialog) => _open.Remove(dialog);

    /// <summary>Closes the dialog on top.</summary>
    /// <param name="result">What it is closed with; null where it is given up.</param>
    public void Close(object? result = null)
    {
        if (_open.Count > 0)
            _open[^1].Close(result is null ? DialogResult.Cancel() : DialogResult.Ok(result));
    }
}
