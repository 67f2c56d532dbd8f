using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>Favourite, edit, duplicate and delete.</summary>
public sealed partial class ModelButtons
{
    [Parameter, EditorRequired]
    public Model Model { get; set; } = null!;

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    internal LibraryEdits Library { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private async Task ToggleFavoriteAsync() => await Store.SetFavoriteAsync(Model.Uid, !Model.Favorite);

    private async Task DuplicateAsync()
    {
        var copy = await Library.DuplicateAsync(Model.Uid, name: null);
        if (copy.IsSuccess)
            Navigation.NavigateTo($"models/{copy.Value.Id}");
        else
            Notices.Say(Severity.Error, "Not duplicated", copy.Failure!.Message);
    }

    private async Task DeleteAsync()
    {
        if (await DeleteModelDialog.OpenAsync(Dialogs, [Model.Id], Model.Name))
            Navigation.NavigateTo("models");
    }
}
