using Microsoft.AspNetCore.Components;
using Radzen;

namespace LlamaBlazor.Web.Instances.Pages;

/// <summary>Shows what a restart would change, and asks.</summary>
public sealed partial class PendingDialog
{
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<ArgumentChangeAnswer> Changes { get; set; } = [];

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    /// <summary>Returns whether it is to be restarted.</summary>
    internal static async Task<bool> OpenAsync(DialogService dialogs, string name, IReadOnlyList<ArgumentChangeAnswer> changes) =>
        await dialogs.OpenAsync<PendingDialog>(
            $"Apply changes to {name}",
            new Dictionary<string, object?> { [nameof(Name)] = name, [nameof(Changes)] = changes },
            new DialogOptions { Width = "min(44rem, calc(100vw - 2rem))", CloseDialogOnEsc = true }
        )
            is true;
}
