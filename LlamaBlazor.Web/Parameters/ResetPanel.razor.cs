using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Clears everything that is set, on all tabs, after asking. The history of each tab brings it back.</summary>
public sealed partial class ResetPanel
{
    private bool _busy;

    /// <summary>The model, or null for the server settings.</summary>
    [Parameter]
    public long? ModelId { get; set; }

    [Inject]
    private SettingsReset Reset { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    private async Task ResetAsync()
    {
        var changes = await Task.Run(() => Reset.PlanAsync(ModelId, CancellationToken.None));
        var count = changes.Sum(change => change.Values.Count);
        if (count == 0)
        {
            Notices.Say(Severity.Info, "Nothing to reset", "Nothing is set: the defaults hold already.");
            return;
        }

        var what = count == 1 ? "1 setting goes" : $"{count} settings go";
        if (
            !await Dialogs.ConfirmAsync(
                $"{what} back to the default, on all tabs. The history of each tab can undo it.",
                "Reset everything?",
                "Reset",
                "Keep"
            )
        )
            return;
        _busy = true;
        var saved = await Reset.ApplyAsync(ModelId, changes, CancellationToken.None);
        _busy = false;
        Notices.Say(
            saved.IsSuccess ? Severity.Success : Severity.Error,
            saved.IsSuccess ? "Reset" : "Nothing was reset",
            saved.Failure?.Message ?? "The defaults hold again."
        );
    }
}
