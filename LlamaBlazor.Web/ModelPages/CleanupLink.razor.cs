using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>Tells of models without a file, removes those that are gone for good, and says why the others stay.</summary>
public sealed partial class CleanupLink
{
    private const int ReasonBound = 3;

    private CleanupPlan _plan = new([], 0, []);
    private bool _busy;
    private volatile bool _stale;

    [Inject]
    internal LibraryEdits Library { get; set; } = null!;

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Store.Changes, change => _stale |= change.Kind is ModelChanged.Library or ModelChanged.Added or ModelChanged.Deleted);
        _plan = await Library.PlanCleanupAsync(Left);
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_stale)
            return;
        _stale = false;
        _plan = await Library.PlanCleanupAsync(Left);
        StateHasChanged();
    }

    private async Task CleanAsync()
    {
        var words =
            $"{Text(_plan.Removable.Count)} without a file "
            + $"{(_plan.Removable.Count == 1 ? "leaves the library with its" : "leave the library with their")} settings. This cannot "
            + "be undone.";
        if (!await Dialogs.ConfirmAsync(words, "Remove models?", "Remove", "Keep", destroys: true))
            return;
        _busy = true;
        var (removed, _) = await Library.CleanupAsync(CancellationToken.None); // what was asked for is done, also for those who leave
        _busy = false;
        Notices.Say(Severity.Success, "Removed", $"{Text(removed)} without a file.");
        _plan = await Library.PlanCleanupAsync(Left);
    }

    private static string Text(int count) => count == 1 ? "1 model" : $"{count:N0} models";
}
