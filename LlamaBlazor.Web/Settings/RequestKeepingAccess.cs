using System.Data.Common;
using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.Extensions.Primitives;

namespace LlamaBlazor.Web.Settings;

/// <summary>What is kept of requests as one record, over the settings. A change counts at once.</summary>
internal sealed class RequestKeepingAccess : IDisposable
{
    private const string PromptsKey = "LlamaBlazor:Security:StorePrompts";
    private const string LifeKey = "LlamaBlazor:Cache:TtlSeconds";
    private const string RoomKey = "LlamaBlazor:Cache:MaxSizeMb";

    private static readonly Dictionary<string, string> Names = new()
    {
        [PromptsKey] = "store_prompts",
        [LifeKey] = "cache_ttl_seconds",
        [RoomKey] = "cache_max_size_mb",
    };

    private readonly SettingValues _values;
    private readonly SettingStore _store;
    private readonly SavedSettings _saved;
    private readonly DatabaseState _database;
    private readonly AuditTrail _audit;
    private readonly Broadcast<RequestKeeping> _changes;
    private readonly IDisposable _subscription;
    private RequestKeeping _told;

    /// <summary>Follows the settings until it is disposed.</summary>
    public RequestKeepingAccess(
        SettingValues values,
        SettingStore store,
        SavedSettings saved,
        DatabaseState database,
        AuditTrail audit,
        Broadcast<RequestKeeping> changes
    )
    {
        (_values, _store, _saved, _database, _audit, _changes) = (values, store, saved, database, audit, changes);
        _told = Make(key => values[key]);
        _subscription = ChangeToken.OnChange(values.GetReloadToken, Follow);
    }

    /// <summary>Names of the settings that cannot be changed here because the environment or the command line sets them.</summary>
    public IReadOnlySet<string> Locked => Names.Where(pair => _store.IsLocked(pair.Key)).Select(pair => pair.Value).ToHashSet();

    /// <summary>What counts now.</summary>
    public RequestKeeping Current
    {
        get
        {
            var known = Make(key => _values[key]);
            // What was saved may be stricter: until it is read nothing is kept, for what was kept cannot be taken back.
            return IsKnown() || _store.IsLocked(PromptsKey) ? known : known with { StorePrompts = RequestKeeping.Nothing };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();

    /// <summary>Saves a change.</summary>
    /// <param name="change">Makes it from what counts now.</param>
    /// <param name="seen">What the change was made upon, or null to make it whatever happened meanwhile.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What counts from now on. Invalid with every bad field; a conflict where a field is locked, or somebody else saved
    /// meanwhile.</returns>
    public async Task<Result<RequestKeeping>> SaveAsync(
        Func<RequestKeeping, RequestKeeping> change,
        RequestKeeping? seen = null,
        CancellationToken cancellation = default
    )
    {
        var saved = await _store.EditAsync(now => Decide(Make(now), change, seen), cancellation).ConfigureAwait(false);
        if (!saved.IsSuccess)
            return saved.Failure!;
        var after = Make(key => _values[key]);
        _audit.Note(
            "request_settings_changed",
            "settings",
            null,
            new
            {
                store_prompts = after.StorePrompts,
                cache_ttl_seconds = after.CacheTtlSeconds,
                cache_max_size_mb = after.CacheMaxSizeMb,
            }
        );
        return after;
    }

    private static Result<SettingEdits> Decide(RequestKeeping before, Func<RequestKeeping, RequestKeeping> change, RequestKeeping? seen)
    {
        var after = change(before);
        if (after.Check() is { } invalid)
            return invalid;
        if (seen is not null && seen != before)
            return Failure.Conflict(
                "What is kept of requests was changed elsewhere meanwhile. Your edits are still here: save again to apply "
                    + "them, or discard them to see what is stored."
            );
        var (old, edits) = (Values(before), new SettingEdits());
        foreach (var (key, value) in Values(after).Where(pair => !old[pair.Key].Equals(pair.Value)))
            edits[key] = value;
        return edits;
    }

    private static RequestKeeping Make(Func<string, SettingValue> value) =>
        new(
            value(PromptsKey).Text!,
            long.Parse(value(LifeKey).Text!, CultureInfo.InvariantCulture),
            long.Parse(value(RoomKey).Text!, CultureInfo.InvariantCulture)
        );

    private static Dictionary<string, SettingValue> Values(RequestKeeping keeping) =>
        new()
        {
            [PromptsKey] = new SettingValue(keeping.StorePrompts),
            [LifeKey] = new SettingValue(keeping.CacheTtlSeconds.ToString(CultureInfo.InvariantCulture)),
            [RoomKey] = new SettingValue(keeping.CacheMaxSizeMb.ToString(CultureInfo.InvariantCulture)),
        };

    private bool IsKnown()
    {
        if (_saved.IsRead || !_database.IsReady)
            return _saved.IsRead;
        try
        {
            _saved.EnsureRead();
            return true;
        }
        catch (DbException)
        {
            return false; // the next request tries again
        }
    }

    private void Follow()
    {
        var now = Make(key => _values[key]);
        if (now == _told)
            return;
        _told = now;
        _changes.Publish(now);
    }
}
