using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Files;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Lets the user choose the value of a path from the folders of the machine, the models' own at hand.</summary>
public sealed partial class PathChooser
{
    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private LaunchSettingsAccess Settings { get; set; } = null!;

    /// <summary>The chosen path, or null.</summary>
    /// <param name="definition">The parameter.</param>
    /// <param name="current">What is set now.</param>
    public async Task<string?> ChooseAsync(ParameterDefinition definition, string current) =>
        await PathDialog.OpenAsync(Dialogs, current, ParameterPaths.IsFolder(definition), (await Settings.GetAsync()).ModelDirectories);
}
