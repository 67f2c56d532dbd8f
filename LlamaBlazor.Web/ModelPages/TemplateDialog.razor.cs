using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Parameters.Templates;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>Applies one template to many models, after showing what it sets.</summary>
public sealed partial class TemplateDialog : IDisposable
{
    private readonly CancellationTokenSource _left = new();
    private readonly List<string> _failures = []; // at most one a model
    private IReadOnlyList<ParameterTemplate> _templates = [];
    private ParameterTemplate? _chosen;
    private int _done;
    private bool _busy;

    [Parameter, EditorRequired]
    public IReadOnlyList<long> Ids { get; set; } = [];

    [Inject]
    internal TemplateStore Templates { get; set; } = null!;

    [Inject]
    internal ParameterCatalogue Catalogue { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    internal static Task OpenAsync(Dialogs dialogs, IReadOnlyList<long> ids) =>
        dialogs.OpenAsync<TemplateDialog>("Apply a template", new Dictionary<string, object?> { [nameof(Ids)] = ids }, MaxWidth.Small);

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _templates = await Templates.ListAsync(_left.Token);

    private async Task ApplyAsync()
    {
        (_busy, _done) = (true, 0);
        _failures.Clear();
        try
        {
            foreach (var id in Ids)
            {
                var applied = await Templates.ApplyAsync(id, _chosen!, _left.Token);
                if (applied.Failure is { } failure)
                    _failures.Add(FailureText.Of(failure));
                if (++_done % 20 == 0)
                    StateHasChanged();
            }
        }
        catch (OperationCanceledException)
        {
            return; // closed half-way: what was applied stays, and the history of each model can undo it
        }

        _busy = false;
        if (_failures.Count > 0)
            return;
        Notices.Say(
            Severity.Success,
            $"{_chosen!.Name} applied",
            $"{Ids.Count:N0} {(Ids.Count == 1 ? "model" : "models")}; it counts from the next start."
        );
        Dialogs.Close(true);
    }
}
