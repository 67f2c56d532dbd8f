using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using MudBlazor;

namespace LlamaBlazor.Web.Parameters.Templates;

/// <summary>Templates: the four built in and the user's own, applied after a preview.</summary>
public sealed partial class PresetsPage : LiveComponent
{
    private const int ModelBound = 1000;

    private IReadOnlyList<ParameterTemplate> _templates = [];
    private IReadOnlyList<(string Id, string Name)> _models = [];
    private Preview? _preview;
    private string _model = "";
    private string _name = "";

    [Inject]
    private TemplateStore Templates { get; set; } = null!;

    [Inject]
    private ParameterStore Store { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private IDbContextFactory<LlamaDbContext> Contexts { get; set; } = null!;

    private string ModelName => _models.FirstOrDefault(model => model.Id == _model).Name;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _models = await Task.Run(ModelsAsync, Left);
        await LoadAsync();
    }

    private async Task LoadAsync() => _templates = await Task.Run(() => Templates.ListAsync(Left), Left);

    private async Task<IReadOnlyList<(string, string)>> ModelsAsync()
    {
        var rows = await Contexts.ReadAsync(
            context =>
                context
                    .Models.Where(model => model.Role == ModelRole.Model)
                    .OrderBy(model => model.Name)
                    .Take(ModelBound)
                    .Select(model => new { model.Id, model.Name })
                    .ToListAsync(Left),
            Left
        );
        return [.. rows.Select(row => (row.Id.ToString(), row.Name))];
    }

    private async Task PreviewAsync(ParameterTemplate template)
    {
        if (await ReadAsync() is { } chosen)
            _preview = new Preview(chosen.Id, ModelName, template, template.Preview(ParameterCatalogue.Current, chosen.Configuration.Own));
    }

    // To the model of the preview, whatever the list says by now.
    private async Task ApplyAsync()
    {
        if (_preview is not { } preview)
            return;
        _preview = null;
        Tell(
            (await Templates.ApplyAsync(preview.ModelId, preview.Template, Left)).Failure,
            $"{preview.Template.Name} applied to {preview.Name}"
        );
    }

    // The chosen model; null where none is chosen, or it is gone meanwhile.
    private async Task<(long Id, ModelConfiguration Configuration)?> ReadAsync()
    {
        if (!long.TryParse(_model, CultureInfo.InvariantCulture, out var id))
            return null;
        if (await Store.ReadAsync(id, Left) is { } configuration)
            return (id, configuration);
        Notices.Say(Severity.Error, "This model is gone", "It was deleted, perhaps in another window. Choose another one.");
        return null;
    }

    private async Task CaptureAsync()
    {
        if (await ReadAsync() is not { Configuration: var configuration })
            return;
        var saved = await Templates.SaveAsync(
            ParameterTemplate.Capture(ParameterCatalogue.Current, configuration.Own, _name.Trim(), $"Taken from {ModelName}"),
            Left
        );
        Tell(saved.Failure, "Template saved");
        if (saved.IsSuccess)
            _name = "";
        await LoadAsync();
    }

    private async Task DeleteAsync(ParameterTemplate template)
    {
        Tell((await Templates.DeleteAsync(template.Id!.Value, Left)).Failure, $"{template.Name} deleted");
        await LoadAsync();
    }

    private void Tell(Failure? failure, string success) =>
        Notices.Say(
            failure is null ? Severity.Success : Severity.Error,
            failure is null ? success : "Not done",
            failure is null ? "" : FailureText.Of(failure)
        );

    private sealed record Preview(
        long ModelId,
        string Name,
        ParameterTemplate Template,
        IReadOnlyList<(ParameterDefinition Definition, object? Before, object? After)> Changes
    );
}
