using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Parameters.History;

/// <summary>The saves of a form's sections, each with a way back.</summary>
public sealed partial class HistoryPanel : LiveComponent
{
    private const int Shown = 20;

    private IReadOnlyList<Revision> _revisions = [];
    private bool _busy;

    /// <summary>The model, or null for the server settings.</summary>
    [Parameter]
    public long? ModelId { get; set; }

    /// <summary>The sections of the form.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<string> Sections { get; set; } = [];

    [Inject]
    private ConfigHistory History { get; set; } = null!;

    [Inject]
    private ParameterStore Store { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(
            Store.Changes,
            change =>
            {
                if (change.ModelId == ModelId && Sections.Contains(change.Section))
                    _ = InvokeAsync(LoadAsync);
            }
        );
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        _revisions = await Task.Run(() => History.ListAsync(ModelId, Sections, Shown, Left), Left);
        StateHasChanged();
    }

    private async Task UndoAsync(Revision revision)
    {
        _busy = true;
        try
        {
            var undone = await History.UndoAsync(ModelId, revision.Section, revision.Number, Left);
            Notices.Say(
                undone.IsSuccess ? Severity.Success : Severity.Error,
                undone.IsSuccess ? "Undone" : "Not undone",
                undone.Failure?.Message ?? ""
            );
        }
        finally
        {
            _busy = false;
        }
    }

    private static string Iso(Revision revision) =>
        DateTimeOffset.FromUnixTimeMilliseconds(revision.CreatedAt).ToString("yyyy-MM-ddTHH:mm:ssZ");

    private static string Label(string column) => ParameterCatalogue.Current.FindColumn(column)?.Label ?? "Passed on even as default";

    private static string Text(string column, object? value) =>
        value switch
        {
            null => "default",
            IReadOnlyList<string> items => items.Count == 0 ? "none" : string.Join(", ", items),
            int digit when ParameterCatalogue.Current.FindColumn(column)?.ValueType == typeof(bool) => digit == 1 ? "on" : "off",
            _ => value.ToString() is { Length: > 80 } text ? text[..80] + "…" : value.ToString()!,
        };
}
