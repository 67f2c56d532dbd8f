using System.Text.Json;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Cache;

/// <summary>The global switch of the response cache: what was set in the dashboard, else the configuration.</summary>
internal sealed class CacheSwitch(CacheOptions options, PreferenceStore preferences, DatabaseState database)
{
    private const string Key = "cache.enabled";
    private bool _enabled = options.Enabled;

    /// <summary>Whether the cache is on for models that say nothing themselves.</summary>
    public bool IsOn => Volatile.Read(ref _enabled);

    /// <summary>Reads what was set in the dashboard.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        var saved = await preferences.GetConfigAsync(Key, cancellation).ConfigureAwait(false);
        Volatile.Write(ref _enabled, saved.IsSuccess && saved.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? saved.Value.ValueKind == JsonValueKind.True : options.Enabled);
    }

    /// <summary>Switches it on or off, also after a restart.</summary>
    public async Task SetAsync(bool on, CancellationToken cancellation)
    {
        await preferences.SetConfigAsync(Key, JsonSerializer.SerializeToElement(on), cancellation).ConfigureAwait(false);
        Volatile.Write(ref _enabled, on);
    }
}
