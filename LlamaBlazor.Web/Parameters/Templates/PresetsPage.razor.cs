using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Radzen;

namespace LlamaBlazor.Web.Parameters.Templates;

/// <summary>Templates: the four built in and the user's own, applied after a preview.</summary>
public sealed partial class PresetsPage : LiveComponent
{
    private const int ModelBound = 1000;

    private IReadOnlyList<ParameterTemplate> _templates = [];
    private IReadOnlyList<(string Id, string Name)> _models = [];
    private (ParameterTemplate Template, IReadOnlyList<(ParameterDefinition Definition, object? Before, object? After)> Changes)? _preview;
    private string _model = "";
    private string _name = "";

    [Inject] private TemplateStore Templates { get; set; } = null!;

    [Inject] private ParameterStore Store { get; set; } = null!;

    [Inject] private NotificationService Notifications { get; set; } = null!;

    [Inject] private IDbContextFactory<LlamaDbContext> Contexts { get; set; } = null!;

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
        await using var context = await Contexts.CreateDbContextAsync(Left);
        var rows = await context.Models.AsNoTracking().Where(model => model.Role == ModelRole.Model).OrderBy(model => model.Name).Take(ModelBound).Select(model => new { model.Id, model.Name }).ToListAsync(Left);
        return [.. rows.Select(row => (row.Id.ToString(), row.Name))];
    }

    private async Task PreviewAsync(ParameterTemplate template)
    {
        if (await Store.ReadAsync(long.Parse(_model), Left) is { } configuration)
            _preview = (template, template.Preview(ParameterCatalogue.Current, configuration.Own));
    }

    private async Task ApplyAsync()
    {
        var applied = await Templates.ApplyAsync(long.Parse(_model), _preview!.Value.Template, Left);
        Tell(applied.Failure, $"{_preview.Value.Template.Name} applied to {ModelName}");
        _preview = null;
    }

    private async Task CaptureAsync()
    {
        if (_model.Length == 0 || await Store.ReadAsync(long.Parse(_model), Left) is not { } configuration)
            return;
        var saved = await Templates.SaveAsync(ParameterTemplate.Capture(ParameterCatalogue.Current, configuration.Own, _name.Trim(), $"Taken from {ModelName}"), Left);
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

    private void Tell(Failure? failure, string success) => Notifications.Notify(
        failure is null ? NotificationSeverity.Success : NotificationSeverity.Error,
        failure is null ? success : "Not done",
        failure is null ? "" : failure.Errors is null ? failure.Message : string.Join(" ", failure.Errors.SelectMany(error => error.Value)));

    private static IEnumerable<(ParameterDefinition Definition, object? Value)> Values(ParameterTemplate template) =>
        template.Values.SelectMany(section => section.Value).Select(pair => (ParameterCatalogue.Current.FindColumn(pair.Key)!, pair.Value));
}
