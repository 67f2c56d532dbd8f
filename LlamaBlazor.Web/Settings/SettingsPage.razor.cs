using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Files;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace LlamaBlazor.Web.Settings;

/// <summary>The form of the launch settings and of what is kept of requests. What is typed stays when a save is refused.</summary>
public sealed partial class SettingsPage
{
    private static readonly IReadOnlyDictionary<string, string[]> NoErrors = new Dictionary<string, string[]>();

    private IReadOnlyDictionary<string, string[]> _errors = NoErrors;
    private List<string> _folders = [];
    private string? _engine;
    private string _ports = "";
    private LaunchSettings? _settings;
    private RequestKeeping _kept = null!; // as it was read
    private RequestKeeping _keeping = null!; // as it is typed
    private bool _saving;

    [Inject]
    private LaunchSettingsAccess Store { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    internal RequestKeepingAccess Keeping { get; set; } = null!;

    private bool IsDirty => _settings is not null && (IsLaunchDirty || _keeping != _kept);

    private bool IsLaunchDirty =>
        !Folders.SequenceEqual(_settings!.ModelDirectories) || Engine != _settings.EnginePath || _ports.Trim() != _settings.PortRange;

    private List<string> Folders => [.. _folders.Select(folder => (folder ?? "").Trim()).Where(folder => folder.Length > 0).Distinct()];

    private string? Engine => string.IsNullOrWhiteSpace(_engine) ? null : _engine.Trim();

    [Inject]
    internal Broadcast<SettingsChanged> Changes { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Changes, changed => _ = InvokeAsync(FollowAsync));
        var settings = await Store.GetAsync();
        _kept = _keeping = await Task.Run(() => Keeping.Current);
        Show(settings);
    }

    // What was reset or saved elsewhere is shown here too, unless something is typed.
    private async Task FollowAsync()
    {
        if (IsDirty || _saving || _settings is null)
            return;
        _kept = _keeping = Keeping.Current;
        Show(await Store.GetAsync());
    }

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

    private void Discard()
    {
        _keeping = _kept;
        Show(_settings!);
    }

    private async Task AskToLeaveAsync(LocationChangingContext leaving)
    {
        if (IsDirty && !await Dialogs.ConfirmAsync("What was changed here is not saved.", "Leave this page?", "Leave", "Stay"))
            leaving.PreventNavigation();
    }

    // Nothing is saved before all of it is right.
    private async Task SaveAsync()
    {
        if (!IsDirty || _saving)
            return;
        var scanned = !Folders.SequenceEqual(_settings!.ModelDirectories);
        var launch = IsLaunchDirty
            ? new LaunchSettings
            {
                ModelDirectories = Folders,
                EnginePath = Engine,
                PortRange = _ports.Trim(),
            }
            : null;
        var checks = new[] { launch is null ? null : LaunchSettingsRules.Check(launch, Store.EnginePaths), _keeping.Check() };
        _errors = checks.SelectMany(failure => failure?.Errors ?? NoErrors).ToDictionary();
        if (_errors.Count > 0)
        {
            Notices.Say(Severity.Error, "Not saved", "Some values are not valid. The messages stand beside them.");
            return;
        }

        _saving = true;
        try
        {
            if ((await SaveLaunchAsync(launch) ?? await SaveKeepingAsync()) is { } failure)
                Refuse(failure);
            else
                Notices.Say(Severity.Success, "Settings saved", scanned ? "The folders are scanned now." : "They count from now on.");
        }
        finally
        {
            _saving = false;
        }
    }

    private async Task<Failure?> SaveLaunchAsync(LaunchSettings? wanted)
    {
        if (wanted is null)
            return null;
        var result = await Store.SaveAsync(wanted);
        if (result.IsSuccess)
            Show(result.Value);
        return result.Failure;
    }

    private async Task<Failure?> SaveKeepingAsync()
    {
        if (_keeping == _kept)
            return null;
        var wanted = _keeping;
        var result = await Keeping.SaveAsync(_ => wanted, _kept);
        // Where somebody else saved first, the form goes on from there, and the next save is meant.
        var now = result.IsSuccess ? result.Value : Keeping.Current;
        (_keeping, _kept) = (wanted.Rebase(_kept, now), now);
        return result.Failure;
    }

    private void Refuse(Failure failure)
    {
        _errors = failure.Errors ?? NoErrors;
        Notices.Say(failure.Kind == FailureKind.Conflict ? Severity.Warning : Severity.Error, "Not saved", failure.Message);
    }
}
