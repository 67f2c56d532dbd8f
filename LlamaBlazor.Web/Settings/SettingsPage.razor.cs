using LlamaBlazor.Web.Shared.Files;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace LlamaBlazor.Web.Settings;

/// <summary>The form of the launch settings. What is typed stays when a save is refused.</summary>
public sealed partial class SettingsPage
{
    private static readonly IReadOnlyDictionary<string, string[]> NoErrors = new Dictionary<string, string[]>();

    private IReadOnlyDictionary<string, string[]> _errors = NoErrors;
    private List<string> _folders = [];
    private string? _engine;
    private string _ports = "";
    private LaunchSettings? _settings;
    private bool _saving;

    [Inject]
    private LaunchSettingsStore Store { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    private bool IsDirty => _settings is not null
        && (!Folders.SequenceEqual(_settings.ModelDirectories) || Engine != _settings.EnginePath || _ports.Trim() != _settings.PortRange);

    private List<string> Folders => [.. _folders.Select(folder => (folder ?? "").Trim()).Where(folder => folder.Length > 0).Distinct()];

    private string? Engine => string.IsNullOrWhiteSpace(_engine) ? null : _engine.Trim();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => Show(await Store.GetAsync());

    private void Show(LaunchSettings settings)
    {
        _settings = settings;
        (_folders, _engine, _ports, _errors) = ([.. settings.ModelDirectories], settings.EnginePath, settings.PortRange, NoErrors);
    }

    private async Task BrowseFolderAsync(int index)
    {
        if (await PathDialog.OpenAsync(Dialogs, _folders[index] ?? "", folders: true, []) is { } path)
            _folders[index] = path;
    }

    private async Task BrowseEngineAsync() => _engine = await PathDialog.OpenAsync(Dialogs, _engine ?? "", folders: false, []) ?? _engine;

    private void Discard() => Show(_settings!);

    private async Task SaveAsync()
    {
        _saving = true;
        var result = await Store.SaveAsync(new LaunchSettings { ModelDirectories = Folders, EnginePath = Engine, PortRange = _ports.Trim() });
        _saving = false;
        if (result.Failure is { } failure)
        {
            _errors = failure.Errors ?? NoErrors;
            Notifications.Notify(NotificationSeverity.Error, "Not saved", failure.Message);
            return;
        }

        Show(result.Value);
        Notifications.Notify(NotificationSeverity.Success, "Settings saved", "New folders are scanned now.");
    }
}
