using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>Name, tags and notes of a model. What is typed stays when a save is refused.</summary>
public sealed partial class EditModelDialog
{
    private static readonly IReadOnlyDictionary<string, string[]> NoErrors = new Dictionary<string, string[]>();

    private IReadOnlyDictionary<string, string[]> _errors = NoErrors;
    private string _name = "";
    private string _tags = "";
    private string _notes = "";
    private bool _busy;

    [Parameter, EditorRequired]
    public Model Model { get; set; } = null!;

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    internal static Task OpenAsync(Dialogs dialogs, Model model) =>
        dialogs.OpenAsync<EditModelDialog>(
            "Name, tags and notes",
            new Dictionary<string, object?> { [nameof(Model)] = model },
            MaxWidth.Small
        );

    /// <inheritdoc/>
    protected override void OnInitialized() =>
        (_name, _tags, _notes) = (Model.Name, Model.Tags?.Replace(",", ", ") ?? "", Model.Notes ?? "");

    private async Task SaveAsync()
    {
        _busy = true;
        var result = await Store.PatchAsync(
            Model.Uid,
            new ModelPatch
            {
                Name = _name,
                Tags = _tags,
                Notes = _notes,
            }
        );
        _busy = false;
        if (result.Failure is { } failure)
            _errors = failure.Errors ?? new Dictionary<string, string[]> { ["name"] = [failure.Message] };
        else
            Dialogs.Close();
    }
}
