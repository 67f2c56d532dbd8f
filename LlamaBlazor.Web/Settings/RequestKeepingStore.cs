using System.Data.Common;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Settings;

/// <summary>
/// What is kept of requests: what the environment or the command line says, else what was saved in the dashboard (in <c>config</c>), else
/// the configuration
/// file. A change counts at once.
/// </summary>
internal sealed class RequestKeepingStore
{
    private static readonly KeepingField[] Fields =
    [
        new(
            "store_prompts",
            "privacy.store_prompts",
            "Security:StorePrompts",
            keeping => keeping.StorePrompts,
            (keeping, saved) => saved.ValueKind is JsonValueKind.String ? keeping with { StorePrompts = saved.GetString()! } : keeping
        ),
        new(
            "cache_ttl_seconds",
            "cache.ttl_seconds",
            "Cache:TtlSeconds",
            keeping => keeping.CacheTtlSeconds,
            (keeping, saved) => Whole(saved) is { } seconds ? keeping with { CacheTtlSeconds = seconds } : keeping
        ),
        new(
            "cache_max_size_mb",
            "cache.max_size_mb",
            "Cache:MaxSizeMb",
            keeping => keeping.CacheMaxSizeMb,
            (keeping, saved) => Whole(saved) is { } size ? keeping with { CacheMaxSizeMb = size } : keeping
        ),
    ];

    private static readonly string[] Keys = [.. Fields.Select(field => field.Key)];

    private readonly Lock _gate = new();
    private readonly RequestKeeping _configured;
    private readonly RequestKeeping _unread;
    private readonly IDbContextFactory<LlamaDbContext> _contexts;
    private readonly DatabaseState _database;
    private readonly DatabaseWriter _writer;
    private readonly Broadcast<RequestKeeping> _changes;
    private readonly AuditTrail _audit;
    private readonly TimeProvider _clock;
    private RequestKeeping? _current;

    /// <summary>Follows the database: another one, or an import, says something else.</summary>
    public RequestKeepingStore(
        PrivacyOptions privacy,
        CacheOptions cache,
        IConfiguration configuration,
        IDbContextFactory<LlamaDbContext> contexts,
        DatabaseState database,
        DatabaseWriter writer,
        Broadcast<DatabaseReplaced> replaced,
        Broadcast<PreferencesChanged> imported,
        Broadcast<RequestKeeping> changes,
        AuditTrail audit,
        TimeProvider clock
    )
    {
        (_contexts, _database, _writer, _changes, _audit, _clock) = (contexts, database, writer, changes, audit, clock);
        Locked = Fields
            .Where(field => LaunchSettingsSources.IsOutside(configuration, "LlamaBlazor:" + field.Configuration))
            .Select(field => field.Name)
            .ToHashSet();
        _configured = new RequestKeeping(privacy.StorePrompts, cache.TtlSeconds, cache.MaxSizeMb);
        // What was saved may be stricter: until it is read nothing is kept, for what was kept cannot be taken back.
        _unread = Locked.Contains("store_prompts") ? _configured : _configured with { StorePrompts = RequestKeeping.Nothing };
        replaced.Subscribe(_ => Forget());
        imported.Subscribe(_ => Forget());
    }

    /// <summary>Names of the settings that cannot be changed here because the environment or the command line sets them.</summary>
    public IReadOnlySet<string> Locked { get; }

    /// <summary>What counts now. Reads the database the first time.</summary>
    public RequestKeeping Current => Volatile.Read(ref _current) ?? Read();

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
        var result = await _writer
            .ExecuteAsync<Result<RequestKeeping>>(
                async (context, token) =>
                {
                    var rows = await context
                        .Configs.Where(row => Keys.Contains(row.Key))
                        .ToDictionaryAsync(row => row.Key, token)
                        .ConfigureAwait(false);
                    var before = Merge(rows.ToDictionary(row => row.Key, row => row.Value.Value));
                    var after = change(before);
                    if (after.Check() is { } invalid)
                        return invalid;
                    if (seen is not null && seen != before)
                        return Failure.Conflict(
                            "What is kept of requests was changed elsewhere meanwhile. Your edits are still here: save again to apply "
                                + "them, or discard them to see what is stored."
                        );
                    var changed = Fields.Where(field => !field.Value(before).Equals(field.Value(after))).ToList();
                    if (changed.Find(field => Locked.Contains(field.Name)) is { } locked)
                        return Failure.Conflict(
                            $"{locked.Name} is set by LLAMABLAZOR__{locked.Configuration.Replace(":", "__").ToUpperInvariant()} or "
                                + "the command line. Remove it there to set it here."
                        );
                    foreach (var field in changed)
                        Write(context, rows.GetValueOrDefault(field.Key), field, after);
                    return after;
                },
                cancellation
            )
            .ConfigureAwait(false);
        if (!result.IsSuccess)
            return result;
        Forget();
        _audit.Note(
            "request_settings_changed",
            "settings",
            null,
            new
            {
                store_prompts = result.Value.StorePrompts,
                cache_ttl_seconds = result.Value.CacheTtlSeconds,
                cache_max_size_mb = result.Value.CacheMaxSizeMb,
            }
        );
        _changes.Publish(result.Value);
        return result;
    }

    private static JsonElement? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long? Whole(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private void Write(LlamaDbContext context, ConfigRow? row, KeepingField field, RequestKeeping keeping)
    {
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (row is null)
            context.Configs.Add(row = new ConfigRow { Key = field.Key, CreatedAt = now });
        var value = field.Value(keeping);
        (row.Value, row.ValueType, row.UpdatedAt) = (JsonSerializer.Serialize(value), value is string ? "str" : "int", now);
    }

    private void Forget()
    {
        lock (_gate)
            Volatile.Write(ref _current, null);
    }

    private RequestKeeping Read()
    {
        if (!_database.IsReady)
            return _unread;
        lock (_gate) // so that a value read before a change is not noted after it
        {
            if (_current is { } known)
                return known;
            try
            {
                using var context = _contexts.CreateDbContext();
                var read = Merge(
                    context
                        .Configs.AsNoTracking()
                        .Where(row => Keys.Contains(row.Key))
                        .Select(row => new { row.Key, row.Value })
                        .ToDictionary(row => row.Key, row => row.Value)
                );
                Volatile.Write(ref _current, read);
                return read;
            }
            catch (DbException)
            {
                return _unread; // the next request tries again
            }
        }
    }

    // What somebody wrote past the checks is as if it was not there.
    private RequestKeeping Merge(Dictionary<string, string> saved)
    {
        var keeping = _configured;
        foreach (var field in Fields.Where(field => !Locked.Contains(field.Name)))
        {
            if (
                saved.TryGetValue(field.Key, out var json)
                && Parse(json) is { } value
                && field.Take(keeping, value) is var taken
                && taken.Check() is null
            )
                keeping = taken;
        }

        return keeping;
    }

    /// <summary>One of the settings.</summary>
    /// <param name="Name">Its name in the API.</param>
    /// <param name="Key">Its key in <c>config</c>.</param>
    /// <param name="Configuration">Its configuration key below <c>LlamaBlazor</c>.</param>
    /// <param name="Value">Reads it.</param>
    /// <param name="Take">Takes over what was saved.</param>
    private sealed record KeepingField(
        string Name,
        string Key,
        string Configuration,
        Func<RequestKeeping, object> Value,
        Func<RequestKeeping, JsonElement, RequestKeeping> Take
    );
}
