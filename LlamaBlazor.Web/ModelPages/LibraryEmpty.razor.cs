using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>What the list shows while there is no model.</summary>
public sealed partial class LibraryEmpty
{
    private IReadOnlyList<string>? _folders;
    private HashSet<string> _absent = []; // of those

    [Inject]
    internal LaunchSettingsAccess Settings { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Settings.Changes, settings => Look(settings.ModelDirectories));
        var folders = (await Settings.GetAsync(Left)).ModelDirectories;
        await Task.Run(() => Look(folders), Left);
    }

    private void Look(IReadOnlyList<string> folders) =>
        (_absent, _folders) = ([.. folders.Where(folder => !Directory.Exists(folder))], folders);
}
