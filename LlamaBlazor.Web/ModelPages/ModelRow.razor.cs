using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.ModelTabs;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>One line of the list; a card on a narrow screen.</summary>
public sealed partial class ModelRow
{
    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Parameter]
    public bool Ticked { get; set; }

    [Parameter]
    public EventCallback<bool> OnTick { get; set; }

    [Parameter]
    public InstanceSnapshot? Instance { get; set; }

    /// <summary>Whether it fits now; null until that is known.</summary>
    [Parameter]
    public MemoryVerdict? Verdict { get; set; }

    [Parameter, EditorRequired]
    public ModelListItem Model { get; set; } = null!;

    [Inject]
    internal IEnumerable<ModelAction> Actions { get; set; } = null!;

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    // The columns that a narrow screen has no room for.
    private string Facts =>
        string.Concat(new[] { Model.Params, Model.Quantization }.Where(fact => !string.IsNullOrEmpty(fact)).Select(fact => fact + " · "));

    private async Task ToggleFavoriteAsync()
    {
        var result = await Store.SetFavoriteAsync(Model.Uid, !Model.Favorite);
        if (result.Failure is { } failure)
            Notices.Say(Severity.Error, "Not changed", failure.Message);
    }

    private Task<bool> DeleteAsync() => DeleteModelDialog.OpenAsync(Dialogs, [Model.Id], Model.Name);
}
