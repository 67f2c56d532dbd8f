using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.Extensions.Primitives;

namespace LlamaBlazor.Web.Settings;

/// <summary>Model folders, engine and ports as one record, over the settings.</summary>
internal sealed class LaunchSettingsAccess : IDisposable
{
    private const string FoldersKey = "LlamaBlazor:ModelDirectories";
    private const string EngineKey = "LlamaBlazor:EnginePath";
    private const string PortsKey = "LlamaBlazor:PortRange";

    private static readonly Dictionary<string, string> Names = new()
    {
        [FoldersKey] = "model_directories",
        [EngineKey] = "engine_path",
        [PortsKey] = "port_range",
    };

    private readonly SettingValues _values;
    private readonly SettingStore _store;
    private readonly SavedSettings _saved;
    private readonly DatabaseState _database;
    private readonly IDisposable _subscription;
    private LaunchSettings _told;

    /// <summary>Follows the settings until it is disposed.</summary>
    public LaunchSettingsAccess(
        SettingValues values,
        SettingStore store,
        SavedSettings saved,
        EnginePathRules engines,
        DatabaseState database,
        Broadcast<LaunchSettings> changes
    )
    {
        (_values, _store, _saved, EnginePaths, _database, Changes) = (values, store, saved, engines, database, changes);
        _told = Known;
        _subscription = ChangeToken.OnChange(values.GetReloadToken, Follow);
    }

    /// <summary>Which programs may be run as engines.</summary>
    public EnginePathRules EnginePaths { get; }

    /// <summary>Tells of each change.</summary>
    public Broadcast<LaunchSettings> Changes { get; }

    /// <summary>Names of the settings that cannot be changed here because the environment or the command line sets them.</summary>
    public IReadOnlySet<string> Locked => Names.Where(pair => _store.IsLocked(pair.Key)).Select(pair => pair.Value).ToHashSet();

    /// <summary>The settings in force as far as they are known: until the database was read, what is configured.</summary>
    public LaunchSettings Known => Make(key => _values[key]);

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();

    /// <summary>The settings in force. Waits for the database.</summary>
    public async Task<LaunchSettings> GetAsync(CancellationToken cancellation = default)
    {
        await _database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        _saved.EnsureRead();
        return Known;
    }

    /// <summary>Reads the database again and tells everybody: it was replaced, or another one's settings were taken over.</summary>
    public async Task ReloadAsync(CancellationToken cancellation = default)
    {
        await _database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        var told = _told;
        _saved.Reload();
        if (ReferenceEquals(told, _told))
            Changes.Publish(Known);
    }

    /// <summary>Saves the settings; locked ones keep their value.</summary>
    public async Task<Result<LaunchSettings>> SaveAsync(LaunchSettings settings, CancellationToken cancellation = default)
    {
        if (LaunchSettingsRules.Check(settings, EnginePaths) is { } failure)
            return failure;
        var told = _told;
        var saved = await _store
            .EditAsync(
                now =>
                {
                    var edits = new SettingEdits();
                    foreach (
                        var (key, value) in Values(settings).Where(pair => !_store.IsLocked(pair.Key) && !now(pair.Key).Equals(pair.Value))
                    )
                        edits[key] = value;
                    return edits;
                },
                cancellation
            )
            .ConfigureAwait(false);
        if (!saved.IsSuccess)
            return saved.Failure!;
        if (ReferenceEquals(told, _told))
            Changes.Publish(Known); // saved again as it was: who follows looks again
        return Known;
    }

    private static LaunchSettings Make(Func<string, SettingValue> value) =>
        new()
        {
            ModelDirectories = value(FoldersKey).Items,
            EnginePath = value(EngineKey).Text,
            PortRange = value(PortsKey).Text!,
        };

    private static Dictionary<string, SettingValue> Values(LaunchSettings settings) =>
        new()
        {
            [FoldersKey] = new SettingValue(settings.ModelDirectories),
            [EngineKey] = string.IsNullOrWhiteSpace(settings.EnginePath) ? SettingValue.None : new SettingValue(settings.EnginePath),
            [PortsKey] = new SettingValue(settings.PortRange),
        };

    private void Follow()
    {
        var now = Known;
        if (Values(now).All(pair => pair.Value.Equals(Values(_told)[pair.Key])))
            return;
        _told = now;
        Changes.Publish(now);
    }
}
