using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>Tells those who keep rows in memory that there are others now: keys, allocations, the cache, folders, pages.</summary>
internal sealed class DatabaseFollowers(
    DatabaseState state,
    Broadcast<DatabaseReplaced> replaced,
    Broadcast<ModelChanged> models,
    LaunchSettingsAccess settings,
    AuditTrail audit
)
{
    /// <summary>The whole database is another one; to be called before anything else is written.</summary>
    public void Replaced()
    {
        state.Replace();
        replaced.Publish(new DatabaseReplaced());
    }

    /// <summary>Models and settings may have changed, all of them; the trail tells why.</summary>
    /// <param name="action">What was done.</param>
    /// <param name="source">With which file.</param>
    /// <param name="details">More about it.</param>
    public async Task TellAsync(string action, string source, object? details = null)
    {
        audit.Note(action, "database", source, details);
        await settings.ReloadAsync().ConfigureAwait(false);
        models.Publish(new ModelChanged(0, ModelChanged.Library));
    }
}
