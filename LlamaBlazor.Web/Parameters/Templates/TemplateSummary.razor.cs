using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Parameters.Templates;

/// <summary>The templates there are, with what each one sets; to read, not to apply.</summary>
public sealed partial class TemplateSummary : LiveComponent
{
    private IReadOnlyList<ParameterTemplate> _templates = [];

    [Inject]
    private TemplateStore Templates { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _templates = await Task.Run(() => Templates.ListAsync(Left), Left);

    private static string Settings(ParameterTemplate template) =>
        string.Join(", ", template.Settings(ParameterCatalogue.Current).Select(setting => Words(setting.Definition, setting.Value)));

    private static string Words(ParameterDefinition definition, object? value) =>
        $"{definition.Label} {(value is null ? "default" : ParameterText.Brief(definition, value))}";
}
