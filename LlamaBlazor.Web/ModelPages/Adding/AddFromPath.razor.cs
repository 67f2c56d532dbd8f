using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Files;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.ModelPages.Adding;

/// <summary>Adds a file that is on the machine already, wherever it lies.</summary>
public sealed partial class AddFromPath
{
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>();
    private string _path = "";
    private string _name = "";
    private bool _busy;

    /// <summary>Called once the model is in the library.</summary>
    [Parameter]
    public EventCallback OnDone { get; set; }

    [Inject]
    internal LibraryEdits Library { get; set; } = null!;

    [Inject]
    internal LaunchSettingsAccess Settings { get; set; } = null!;

    [Inject]
    internal ForeignFolders Foreign { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    private async Task BrowseAsync()
    {
        var places = (await Settings.GetAsync())
            .ModelDirectories.Concat(Foreign.Places.Select(place => place.Path))
            .Where(Directory.Exists)
            .Distinct();
        if (await PathDialog.OpenAsync(Dialogs, (_path ?? "").Trim(), folders: false, [.. places], ModelFileName.Extension) is { } path)
            (_path, _errors) = (path, new Dictionary<string, string[]>());
    }

    private async Task AddAsync()
    {
        _busy = true;
        var added = await Library.AddAsync((_path ?? "").Trim(), string.IsNullOrWhiteSpace(_name) ? null : _name);
        _busy = false;
        if (added.Failure is { } failure)
        {
            _errors = failure.Errors ?? new Dictionary<string, string[]> { ["path"] = [failure.Message] };
            return;
        }

        Notices.Say(Severity.Success, "Added", added.Value.Name);
        await OnDone.InvokeAsync();
    }
}
