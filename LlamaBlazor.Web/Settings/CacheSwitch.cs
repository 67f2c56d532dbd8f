using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Settings;

/// <summary>
/// The global switch of the response cache: what the environment or the command line says, else what was set in the dashboard, else the
/// configuration file.
/// </summary>
internal sealed class CacheSwitch(CacheOptions options, PreferenceStore preferences, DatabaseState database, IConfiguration configuration)
{
    /// <summary>Its configuration key below <c>LlamaBlazor</c>.</summary>
    public const string ConfigurationKey = "Cache:Enabled";

    private const string Key = "cache.enabled";
    private bool _enabled = options.Enabled;

    /// <summary>Whether the cache is on for models that say nothing themselves.</summary>
    public bool IsOn => Volatile.Read(ref _enabled);

    /// <summary>Whether it comes from outside and cannot be changed here.</summary>
    public bool IsLocked { get; } = LaunchSettingsSources.IsOutside(configuration, $"LlamaBlazor:{ConfigurationKey}");

    /// <summary>Reads what was set in the dashboard.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        if (IsLocked)
            return;
        await database.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        var saved = await preferences.GetConfigAsync(Key, cancellation).ConfigureAwait(false);
        Volatile.Write(
            ref _enabled,
            saved.IsSuccess && saved.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? saved.Value.ValueKind == JsonValueKind.True
                : options.Enabled
        );
    }

    /// <summary>Switches it on or off, also after a restart.</summary>
    /// <returns>A conflict where it is locked.</returns>
    public async Task<Result<bool>> SetAsync(bool on, CancellationToken cancellation)
    {
        if (IsLocked)
            return Failure.Conflict(
                $"The response cache is switched by LLAMABLAZOR__{ConfigurationKey.Replace(":", "__").ToUpperInvariant()} or the "
                    + "command line. Remove it there to switch it here."
            );
        await preferences.SetConfigAsync(Key, JsonSerializer.SerializeToElement(on), cancellation).ConfigureAwait(false);
        Volatile.Write(ref _enabled, on);
        return on;
    }
}
