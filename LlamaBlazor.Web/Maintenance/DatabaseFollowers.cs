using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Live;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Tells those who keep rows in memory that there are others now: keys, allocations, the cache, folders, pages.</summary>
internal sealed class DatabaseFollowers(DatabaseState state, Broadcast<DatabaseReplaced> replaced, Broadcast<ModelChanged> models, LaunchSettingsStore settings)
{
    /// <summary>The whole database is another one; to be called before anything else is written.</summary>
    public void Replaced()
    {
        state.Replace();
        replaced.Publish(new DatabaseReplaced());
    }

    /// <summary>Models and settings may have changed, all of them.</summary>
    public async Task TellAsync()
    {
        await settings.ReloadAsync().ConfigureAwait(false);
        models.Publish(new ModelChanged(0, ModelChanged.Library));
    }
}
