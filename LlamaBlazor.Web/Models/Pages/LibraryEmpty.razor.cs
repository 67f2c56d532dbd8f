using LlamaBlazor.Web.Settings;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace LlamaBlazor.Web.Models.Pages;

/// <summary>What the list shows while there is no model.</summary>
public sealed partial class LibraryEmpty
{
    private IReadOnlyList<string>? _folders;

    [Inject]
    internal LaunchSettingsStore Settings { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Settings.Changes, settings => _folders = settings.ModelDirectories);
        _folders = (await Settings.GetAsync(Left)).ModelDirectories;
    }
}
