using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Settings;

namespace LlamaBlazor.Web.Settings;

/// <summary>The global switch of the response cache, over the settings.</summary>
internal sealed class CacheSwitchAccess(SettingValues values, SettingStore store)
{
    private const string Key = "LlamaBlazor:Cache:Enabled";

    /// <summary>Whether the cache is on for models that say nothing themselves.</summary>
    public bool IsOn => values[Key].Text == "true";

    /// <summary>Whether it comes from outside and cannot be changed here.</summary>
    public bool IsLocked => store.IsLocked(Key);

    /// <summary>Switches it on or off, also after a restart.</summary>
    /// <returns>A conflict where it is locked.</returns>
    public async Task<Result<bool>> SetAsync(bool on, CancellationToken cancellation)
    {
        var saved = await store
            .SaveAsync(new SettingEdits { [Key] = new SettingValue(on ? "true" : "false") }, cancellation)
            .ConfigureAwait(false);
        return saved.IsSuccess ? on : saved.Failure!;
    }
}
