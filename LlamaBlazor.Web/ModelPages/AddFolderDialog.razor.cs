using LlamaBlazor.Domain.Models.Library;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Files;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>Adds one folder to the launch settings; the library scans it at once.</summary>
public sealed partial class AddFolderDialog
{
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>();
    private IReadOnlyList<UsualPlace> _places = [];
    private string _path = "";
    private bool _saving;

    [Inject]
    internal LaunchSettingsAccess Settings { get; set; } = null!;

    [Inject]
    internal ForeignFolders Foreign { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    internal static Task OpenAsync(Dialogs dialogs) =>
        dialogs.OpenAsync<AddFolderDialog>("Add a models folder", new Dictionary<string, object?>(), MaxWidth.Small);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var folders = (await Settings.GetAsync()).ModelDirectories;
        _places = [.. Foreign.Places.Where(place => Directory.Exists(place.Path) && !folders.Contains(place.Path))];
    }

    private async Task BrowseAsync()
    {
        if (await PathDialog.OpenAsync(Dialogs, _path, folders: true, [.. _places.Select(place => place.Path)]) is { } path)
            _path = path;
    }

    private async Task SaveAsync()
    {
        var path = (_path ?? "").Trim();
        if (!Directory.Exists(path))
        {
            _errors = new Dictionary<string, string[]>
            {
                ["model_directories"] =
                [
                    path.Length == 0 ? "Type the path of a folder." : $"There is no folder '{path}' that the dashboard can see.",
                ],
            };
            return;
        }

        _saving = true;
        var settings = await Settings.GetAsync();
        var result = await Settings.SaveAsync(settings with { ModelDirectories = [.. settings.ModelDirectories.Append(path).Distinct()] });
        _saving = false;
        if (result.Failure is { } failure)
            _errors = failure.Errors ?? new Dictionary<string, string[]> { ["model_directories"] = [failure.Message] };
        else
            Dialogs.Close();
    }
}
