using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Instances.Pages;

/// <summary>Shows what a restart would change, and asks.</summary>
public sealed partial class PendingDialog
{
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<ArgumentChangeAnswer> Changes { get; set; } = [];

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    /// <summary>Returns whether it is to be restarted.</summary>
    internal static async Task<bool> OpenAsync(Dialogs dialogs, string name, IReadOnlyList<ArgumentChangeAnswer> changes) =>
        await dialogs.OpenAsync<PendingDialog>(
            $"Apply changes to {name}",
            new Dictionary<string, object?> { [nameof(Name)] = name, [nameof(Changes)] = changes },
            MaxWidth.Medium
        )
            is true;
}
